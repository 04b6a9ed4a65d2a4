# The till, and where staff sign in.

sign-in-title = 登入
sign-in-email = 電子郵件
sign-in-password = 密碼
sign-in-submit = 登入
sign-in-wrong = 電子郵件或密碼不對，請再試一次。
sign-in-locked = { $minutes ->
   *[other] 失敗次數過多。請等待 {$minutes} 分鐘後再試。
}

till-title = 收銀台
till-sign-out = 登出
till-who = 誰在收銀台？
till-pin = PIN 碼
till-pin-wrong = PIN 碼不對，請再試一次。
till-open = 打開收銀台
till-nobody = 這台收銀機還沒有人設 PIN 碼。請找經理設定。
till-with-password = 用電子郵件和密碼登入
till-connect-title = 把此裝置設為收銀台
till-connect-how = 以後員工在這裡用 PIN 碼登入。
till-connect = 連接此裝置
till-connect-over = 此連結已失效
till-connect-new = 它已被使用或已過期。請向經理要一個新的。

till-code = 卡號、姓名、電話或電子郵件
till-found = 是哪一位？
till-found-more = 還有更多人叫這個名字。請多輸入幾個字，或輸入電話號碼。
till-find = 查詢
till-last = 最近操作
till-last-none = 還沒有操作。掃一張卡開始吧。
till-undo = 復原
till-undone = 已復原
till-new-member = 新會員
till-training = 練習模式。不會寫入任何內容，顧客也看不到。
till-training-begin = 進入練習模式
till-training-end = 結束練習

till-nameless = 未留名的會員
till-balance = 餘額
till-pending = 還有 {$points}即將入帳。
till-birthday-today = 今天生日
till-birthday-near = 本週生日
till-say-ready = 告訴顧客：「今天可以兌換{$reward}。」
till-say-next = 告訴顧客：「再有 {$points}就能兌換{$reward}。」
till-amount = 付款金額
till-give = 加點數
till-preview = 可得 {$points}。
till-preview-nothing = 沒有點數。
till-rewards = 獎勵
till-no-rewards = 目前沒有獎勵。
till-next-reward = 再有 {$points}可兌換{$reward}。
till-held = 等待領取
till-hand-over = 交給顧客
till-hand-over-how = 已經付過點數，只交付一次。
till-free = 免費
till-redeem-how = 扣 {$cost}，剩 {$left}。
till-redeem-free = 不需要點數。
till-name-compared = 我核對了手機上的姓名。
till-gift-card = 禮品卡：{$money}
till-challenge = {$name}：{$done} / {$goal}
till-next = 下一位顧客
till-rules = 會員計畫怎麼用
till-rules-bonus = 入會即得 {$points}。
till-rules-redeem = 獎勵在交付的那一刻扣點數。
till-rules-undo = 剛才做錯的可以在這裡復原；過後請找經理。
till-rules-lost = 卡遺失了：用電話或電子郵件查詢，餘額還在。

till-camera-refused = 相機被封鎖。請允許本頁使用，或輸入卡號。
till-camera-none = 沒有相機。請用掃描器，或輸入卡號。
till-torch = 補光
till-cameras = 相機
till-offline-title = 離線收銀台
till-offline = 沒有網路。消費先儲存在這裡，有網路後立即送出。
till-offline-rewards = 兌換獎勵需要網路：餘額可能已變。
till-queued = 已儲存。有網路後立即送出，點數隨後入帳。
till-waiting = 等待送出：#
till-dismiss = 知道了
till-stale = 餘額 #（@）

till-joined = 入會
till-join-how = 請顧客用手機掃這個碼。入會後，卡會在這裡打開。
till-join-there = 已入會
till-done-joined = {$name}已入會，有 {$balance}。
till-done-order = 已加 {$points}。{$name}現在有 {$balance}。
till-done-nothing = 消費已記錄，沒有點數；{$name}有 {$balance}。
till-done-reward = 請交付：{$reward}。{$name}現在有 {$balance}。
till-done-hand-over = 請交付：{$reward}。
till-done-undone = 已復原。{$name}恢復為之前的餘額。
till-tried = 練習：{$name}會有 {$balance}。沒有寫入任何內容。

till-fault-unknown = 找不到這張卡。請再掃一次，或用姓名、電話、電子郵件查詢。
till-fault-check-digit = 有一個字元不對，請再看一下卡。
till-fault-replaced = 這張卡已更換，請出示新卡。
till-fault-voided = 這張卡已作廢，不能使用。
till-fault-blocked = 該會員已被停用，請找經理。
till-fault-points = 點數不夠。
till-fault-sold-out = 這個獎勵已經沒有了。
till-fault-reward = 這個獎勵目前不能兌換。
till-fault-limit = 該會員暫時已達兌換上限。
till-fault-velocity = 短時間內消費次數過多，請找經理。
till-fault-stale = 這可能是卡的截圖。請重新掃描手機螢幕，或核對姓名。
till-fault-own = 不能給自己的卡操作，請找同事。
till-fault-not-own = 這是同事做的，請同事或經理復原。
till-fault-too-late = 已過復原時間，請找經理。
till-fault-settled = 這已經做過或復原過了。
till-fault-expired = 這個獎勵已過期。
till-fault-form = 頁面已過時，請重新打開收銀台。
till-fault-role = 您的權限不能這樣做，請找經理。
till-fault-guesses = 未知的卡太多，請稍等。
till-fault-amount = 這不是金額。請寫成 {$example} 這樣。
till-fault-other = 沒有成功：{$detail}

# A customer asks for the card that they joined with before.
till-recover = 給另一支手機的卡
till-recover-whose = 有人用{$name}的聯絡方式加入，想在這支手機上使用該卡。
till-recover-how = 只有確認是本人時才打開：您認識對方、有證件證明，或者對方能說出您在這裡看到的內容。
till-recover-since = {$date}起成為會員
till-recover-moved = 點數最近一次變動：{$date}
till-recover-allow = 是本人：打開卡
till-recover-no = 不是，回到開始
till-recover-over = 此碼已超過十五分鐘。請顧客重新加入以取得新的碼。
till-recovered = 卡在另一支手機上
till-done-recovered = {$name}的卡又在手機上了，餘額{$balance}。
