### The customers' pages.

# The points of shops that did not name theirs.
points =
    { $count ->
       *[other] 點
    }

# Where the language can be changed.
languages = 語言

# The page where customers enrol.
join-title = 加入{ $program }
join-bonus = 入會即得 { $points }
join-no-bonus = 把{ $program }會員卡放進手機
join-earning = 每消費 { $money } 可得 { $points }。
join-no-app = 會員卡放在手機錢包裡，不需應用程式，不需密碼。
join-card = 您的{ $program }會員卡樣式
join-first-name = 名字
join-contact = 電子郵件或手機號碼
join-optional = 選填
join-contact-hint = 更換手機時，可用它找回會員卡。
join-submit = 領取會員卡
join-sample-name = 您的名字
join-invited = 您受朋友邀請加入。
join-not-invited = 我們找不到這個邀請，但您仍可領取會員卡。
join-with-receipt = 您的收據會一併帶上，點數將記入您的會員卡。

# The poster for the counter, and the page that prints it.
poster-title = { $program }海報
poster-how = 請以 100% 比例列印本頁，或在列印視窗選擇「另存為 PDF」。桌牌請沿虛線對折。
poster-size = 尺寸
poster-tent = 桌牌
poster-download = 下載 SVG
poster-scan = 用手機相機對準 QR 碼
poster-name = 填寫您的名字
poster-keep = 把會員卡存入手機錢包

# The page where a receipt is claimed.
claim-paid = { $program } · { $money }
claim-worth = 您的收據可得 { $points }
claim-no-worth = 把收據記入您的會員卡
claim-until = 請在 { $date } 前領取。每張收據只計一次。
claim-code = 卡號
claim-code-hint = 寫在會員卡的條碼下方。
claim-submit = 記入我的卡
claim-no-card = 還沒有會員卡？
claim-join = 領卡並記入收據
claim-bad-code = 我們找不到這個卡號。請看著會員卡重新填寫。
claim-closed-card = 此卡目前無法累積點數，請詢問店家。
claim-done = { $points } 已記入您的卡
claim-done-next = 手機上的會員卡稍後就會顯示。
here-earned = 簽到獲得{ $points }
here-promised = { $points }即將入帳
here-done = 已簽到
here-again = 您今天已經簽到過了
here-now = 您現在有{ $points }。
here-closed = 此卡目前無法累積
    .next = 請詢問店員。
here-unknown = 用您的會員卡簽到
    .next = 這支手機還沒有開啟過您的會員卡頁面。
here-over = 這不是今天的條碼
    .next = 每天都會更換。請掃描現在顯示的條碼。
here-card = 已有會員卡
here-card-how = 在手機錢包中開啟會員卡，翻到背面，點按您頁面的連結，然後再次掃描條碼。
here-no-card = 還沒有會員卡
here-join = 領取會員卡
here-own = 開啟我的頁面
here-step-scan = 用手機相機對準條碼
here-step-card = 手機會認出您的會員卡
here-step-points = 簽到完成
here-foot = 每天一個新條碼，不必安裝應用程式。
here-poster = 用手機簽到
here-poster-points = 簽到可得{ $points }
here-poster-day = { $date } 有效
claim-taken = 此收據已記入一張會員卡
    .next = 每張收據只計一次。如果不是您本人，請詢問店家。
claim-expired = 此收據已過期
    .next = 未在期限內領取。下次付款時請出示會員卡。
claim-voided = 此收據已失效
    .next = 這筆消費已退回。如有誤，請詢問店家。

# What is said at a field.
field-fault = 請檢查標示的欄位。
field-no-name = 請填寫名字，它會顯示在卡上。
field-bad-name = 名字太長，最多 200 個字。
field-bad-contact = 請填寫電子郵件（如 name@example.com）或手機號碼（如 +886 912 345 678）。
field-bad-email = 電子郵件不完整，格式如 name@example.com。
field-bad-phone = 手機號碼請以國碼開頭，如 +886 912 345 678。

# The page of a card.
card-title = { $program }會員卡
card-balance = 您的餘額
card-picture = { $program }：餘額 { $points } 的會員卡
card-code = 卡號
card-show = 付款時出示此碼。
card-voided = 此卡已停用，請向店家領取新卡。
card-entries = 最近紀錄
card-no-entries = 首次消費後，您的紀錄會顯示在這裡。

# A member's own page.
member-open = 我的點數與獎勵
member-hello = 您好，{ $name }
member-hello-nameless = 您好
member-pending = 即將入帳：{ $points }。
member-expiring = 請在 { $date } 前使用 { $points }。
member-held = 可以使用
member-held-until = 有效期至 { $date }
member-held-show = 出示兌換碼
member-download = 開啟下載
member-rewards = 現在可兌換的獎勵
member-no-rewards = 暫時沒有可選的獎勵，每次光臨都會更近一步。
member-next-reward = 下一個：{ $reward }，還差 { $points }。
member-free = 免費
member-left =
    { $count ->
       *[other] 剩餘 { $count } 份
    }
member-at-till = 請到櫃檯兌換：出示會員卡並說明即可。
member-redeem = 兌換
member-tier = 您的等級：{ $tier }
member-tier-until = 至少保留到 { $date }。
member-tier-next = 距離{ $tier }還差 { $missing }
member-tier-top = 您已是最高等級。
member-visits =
    { $count ->
       *[other] { $count } 次到店
    }
member-challenges = 挑戰
member-challenge-done = { $done } / { $goal }
member-challenge-until = { $done } / { $goal } · 截至 { $date }
member-challenge-won = 已完成
member-prize = 可得 { $prize }
member-invite = 邀請朋友
member-invite-both = 朋友首次消費後，朋友可得 { $friend }，您可得 { $own }。
member-invite-friend = 朋友首次消費後可得 { $friend }。
member-invite-own = 朋友首次消費後，您可得 { $own }。
member-invite-how = 把此連結傳給朋友：
member-moved = 最近紀錄
member-to-card = 我的會員卡
member-confirm-title = 兌換{ $reward }？
member-confirm-cost = 現在將從餘額中扣除 { $points }。
member-confirm-free = 不需要任何花費。
member-confirm-how = 您會得到一個只能用一次的兌換碼，請在櫃檯出示。
member-confirm-back = 未使用前可以退回。
member-confirm = 是的，取得兌換碼
member-back = 返回
member-code-title = 您的兌換碼：{ $reward }
member-code-say = 請在櫃檯出示，並說：「我要領取獎勵。」
member-code-until = 有效期至 { $date }。
member-cancel = 退回
member-cancel-points = { $points } 將退回您的餘額。
member-cancel-free = 它將從您的卡中移除。
member-given-back = 已退回，餘額恢復原樣。
member-gone = 此獎勵已使用、已退回或已到期，沒有任何變更。
member-no-points = 餘額已不足以兌換，沒有任何變更。
member-sold-out = 最後一份已被領走，餘額沒有扣除。
member-not-now = 目前無法兌換，餘額沒有扣除。
member-limit = 您已達到可兌換的次數，餘額沒有扣除。
member-blocked = 此卡目前無法使用，請詢問店家。
member-over = 此頁面已開啟半小時
    .next = 為保護您的點數，頁面已關閉。請從會員卡重新開啟：在手機錢包中，或在會員卡頁面上。
member-over-open = 開啟我的會員卡

# The member's settings: what the shop may do, what it knows, and how that ends.
settings-open = 設定與我的資料
settings-title = 設定與我的資料
settings-own = 關於您
settings-last-name = 姓氏
settings-language = 會員卡的語言
settings-language-own = 維持不變：{ $language }
settings-save = 儲存
settings-contacts = 如何找回您的會員卡
settings-contacts-why = 如果手機遺失，店家可以憑其中一項找回您的卡。
settings-no-contact = 目前一項也沒有。沒有它，遺失的卡就找不回來。
settings-remove = 移除
settings-contact = 其他電子郵件或手機號碼
settings-add = 新增
settings-news = 消息與優惠
settings-news-on = 您會收到消息和優惠。
settings-news-off = 您不會收到消息和優惠。
settings-news-stop = 不要再寄給我
settings-news-give = 我同意
settings-notices = 通知
settings-notices-on = 卡片有變動時（例如付款後），手機會通知您。
settings-notices-stop = 靜默更新我的卡片
settings-notices-off = 您的卡片會在手機上靜默更新，不發通知。
settings-notices-give = 重新通知我
settings-other = 您同意了：{ $purpose }
settings-other-stop = 撤回同意
settings-agreed = 您同意過什麼、何時同意
settings-agreed-none = 尚未向您徵求過任何同意。
settings-agreed-yes = 同意
settings-agreed-no = 不同意
settings-agreed-words = 當時的文字是：
settings-agreed-no-words = 當時顯示的文字沒有留存。
settings-source-join = 加入時
settings-source-page = 在本頁面
settings-source-shop = 透過店家
settings-export = 您的資料
settings-export-what = 一個包含我們所存您全部資訊的檔案：您提供的資料、會員卡、消費和點數。人和程式都能讀取（JSON）。
settings-export-button = 下載我的資料
settings-delete = 退出並刪除資料
settings-delete-what = 您的會員卡將失效，點數也隨之消失。
settings-delete-button = 刪除我的資料…
settings-done-saved = 已儲存。稍後會顯示在您的卡上。
settings-done-added = 已新增。現在可以憑它找回您的卡。
settings-done-removed = 已移除。
settings-done-given = 謝謝。從現在起您會收到消息和優惠。
settings-done-stopped = 已記錄。不會再寄送此類內容給您。
settings-done-quiet = 從現在起，您的卡片會靜默更新。
settings-done-heard = 卡片有變動時，手機會重新通知您。
settings-not-gone = 該項已不存在，沒有任何變更。
settings-taken = 它已對應另一張卡。如果那也是您的，請洽店家合併兩張卡。
settings-full = 數量已滿，請先移除一項。

# Consents: what was agreed to stays as it was. Another wording gets another number.
consent-marketing-1 = 傳送消息與優惠給我，我可以隨時停止接收。

# The question before everything is deleted.
delete-title = 要刪除您的資料嗎？
delete-goes = 將被刪除
delete-goes-what = 您的姓名、電子郵件、手機號碼和生日，店家對您的備註，您的會員卡及其點數和獎勵。誰也無法復原。
delete-stays = 會保留的內容及原因
delete-stays-books = 消費和點數的金額與日期，不含您的身分：店家必須保存帳目，其中沒有任何內容指向您。
delete-stays-consents = 曾有人同意或拒絕及其時間，但不顯示是誰：以便店家證明曾徵求同意。
delete-stays-gifts = 已付款的禮品卡。請保存卡號：持有卡號的人都可以使用。
delete-first = 要先取得您的資料嗎？請在繼續之前下載。
delete-word = 刪除
delete-type = 如要繼續，請輸入「{ $word }」
delete-wrong = 請只輸入「{ $word }」。沒有刪除任何內容。
delete-button = 永久刪除
delete-done = 您的資料已刪除
    .next = 手機裡的卡稍後會失效，您可以把它移除。感謝您一直以來的支持。

# The ways into a wallet.
wallet-apple = 加入 Apple 錢包
wallet-google = 加入 Google 錢包
wallet-none = 錢包尚未就緒。請保留此頁面，付款時可直接出示此碼。
wallet-on-phone = 在手機上開啟
wallet-on-phone-how = 用手機相機對準這裡，即可在手機上開啟會員卡。
wallet-waiting = 正在準備您的會員卡
wallet-waiting-why = Google 錢包比平常慢一些，本頁會自動重試。
wallet-try-again = 立即重試

# What the movements of points are called.
entry-welcome = 入會禮
entry-earn = 消費
entry-promotion = 額外贈送
entry-redeem = 兌換
entry-refund = 退款
entry-expire = 到期
entry-transfer = 轉移
entry-import = 轉入
entry-adjust = 更正

# What happened, and what can be done.
fault-no-program = 沒有可加入的會員卡
    .next = 網址可能有誤。請重新掃描櫃檯上的 QR 碼，或詢問店家。
fault-no-card = 此連結已失效
    .next = 它已更換或輸入有誤。用相同的電子郵件或手機號碼重新加入即可找回會員卡，或詢問店家。
fault-no-receipt = 我們找不到這張收據
    .next = 網址可能有誤。請重新掃描收據上的條碼，或詢問店家。
fault-no-page = 此網址沒有內容
    .next = 網址可能有誤。請返回，或重新掃描櫃檯上的 QR 碼。
fault-bad-address = 此網址中有無法辨識的內容
    .next = 請檢查問號後面的部分，或從原來的地方重新開啟此頁。
fault-no-link = 此連結無法開啟
    .next = 它可能不完整。請從收到它的地方重新開啟，或詢問商店。
fault-link-over = 此連結已失效
    .next = 它只在幾天內有效，且只能開啟幾次。請向商店索取新的連結。
fault-wrong-role = 您的權限不能這樣做
    .next = 請找經理，或用有權限的人登入。
fault-old-form = 此頁面來自之前的造訪
    .next = 請重新打開後再送出。
fault-cross-site = 表單來自其他網站
    .next = 為了您的安全，我們沒有接收。請開啟店家的加入頁面重新送出。
fault-voided = 此卡已停用
    .next = 無法再使用此卡，請向店家領取新卡。
fault-no-wallet = 此錢包尚未就緒
    .next = 店家還沒有開通。請返回，卡片頁面上的碼可在櫃檯使用。
fault-not-understood = 表單不完整
    .next = 請返回檢查填寫的內容，再送出一次。
fault-too-many = 嘗試次數過多
    .next = 剛才有許多人從此網路加入。內容沒有遺失。
fault-unavailable = 暫時無法處理
    .next = 服務此刻無法使用。內容沒有遺失，請稍後再試。
fault-internal = 我們這邊出了問題
    .next = 沒有任何變更。請再試一次；如仍不行，請把下面的編號告訴店家。
fault-wait =
    { $seconds ->
       *[other] 請在 { $seconds } 秒後重試。
    }
fault-reference = 編號

# Somebody who joined before asks for their card on another phone.
recover-title = 您在這裡已經有一張卡
recover-why = 電子郵件地址或電話號碼誰都能填寫，所以單憑這些不能打開您的卡。
recover-phone = 卡在您的另一支手機上
recover-phone-how = 請在那支手機的錢包裡打開卡，背面的連結會帶您到自己的頁面。
recover-counter = 卡遺失了，或者這是新手機
recover-counter-how = 請在櫃檯出示此碼。店員確認是您本人後，卡會立刻在這裡打開。此碼十五分鐘內有效。
recover-code = 給櫃檯的碼
recover-look = 我已出示
recover-other = 用其他資料加入
recover-over = 此碼已過期
recover-over-next = 它的有效期是十五分鐘。請重新加入以取得新的碼。

survey-offered = 說說您的看法
survey-answer = 填寫
survey-questions =
    { $count ->
       *[other] { $count } 個問題
    }
survey-optional = 選填
survey-scale = 由低到高。
survey-several = 可多選。
survey-who = 商家會看到您的回答和會員卡。刪除您的資料時，回答也會一併刪除。
survey-send = 送出回答
survey-missing = 請回答此問題。
survey-bad-answer = 請從下面的答案中選擇。
survey-bad-text = 最多填寫 1,000 個字元。
survey-look = 有些問題尚未回答或無法辨識。您填寫的內容都還在。
survey-empty = 請至少回答一個問題。
survey-thanks = 謝謝您
survey-earned = 您的回答獲得{ $points }。
survey-again = 您已經填寫過這份問卷
    .next = 填寫一次就夠了，謝謝！
survey-over = 此問卷未開放
    .next = 目前不接受回答。
survey-unknown = 用您的會員卡填寫
    .next = 這部手機還沒有開啟過您的會員卡頁面。
survey-card-how = 在手機錢包中開啟會員卡，翻到背面，點按您頁面的連結。問卷就在那裡。
