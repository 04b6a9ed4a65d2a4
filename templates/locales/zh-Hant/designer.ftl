# The designer: the card of a program, edited beside the card as it will be.

designer-room = 卡片
designer-title = 卡片設計
designer-faulty = 請再看一下：{ $title }
designer-preview = 預覽
designer-old-preview = 預覽比您輸入的內容舊。請按「顯示」。
designer-apple = Apple 錢包
designer-google = Google 錢包
designer-lock = 鎖定畫面
designer-apple-back = 卡片背面
designer-google-below = 卡片下方
designer-elsewhere = 其他位置
designer-yes = 是
designer-no = 否

designer-sound = 一切就緒，可以發佈卡片。
designer-warnings = { $count ->
   *[other] 可以發佈卡片。有 { $count } 則提示：
}
designer-faults = { $count ->
   *[other] 有 { $count } 處問題，卡片還不能發佈：
}
designer-contrast-low = 不易看清，低於 4.5:1
designer-too-many = 超出可顯示的數量
designer-of = { $count } / { $most }
designer-lower = 下方兩列合計

designer-show = 顯示
designer-publish = 發佈…
designer-shown = 卡片顯示語言
designer-read-only = 您可以查看卡片。擁有者、經理和行銷人員可以修改。
designer-not-published = 尚未發佈。問題寫在相應欄位旁邊。
designer-stale = 您編輯時有人更動了會員計畫。您的內容沒有遺失：請再看一遍，然後重新發佈。
designer-old = 這是第 { $number } 版，尚未更動。發佈後即可再次使用。

designer-colors = 顏色
designer-background = 背景
designer-foreground = 文字
designer-label-color = 標籤

designer-images = 圖片
designer-images-hint = PNG 格式，最大 2 MB。一張圖片就夠了，手機需要的各種尺寸由我們產生。
designer-image-logo = 標誌
designer-image-logo-what = 位於 Apple 卡片上角。建議 480 × 150 像素。
designer-image-icon = 圖示
designer-image-icon-what = 正方形，顯示在鎖定畫面上。至少 114 × 114 像素。
designer-image-strip = 橫幅
designer-image-strip-what = 橫貫 Apple 卡片。建議 1125 × 432 像素。
designer-image-google-logo = 圓形標誌
designer-image-google-logo-what = 正方形，Google 會裁成圓形。建議 660 × 660 像素。
designer-image-google-hero = Google 橫幅
designer-image-google-hero-what = 位於 Google 卡片底部。建議 1032 × 336 像素。
designer-image-drop = 移除
designer-image-no-png = 這不是可以顯示的 PNG。請把圖片存為 PNG 後重新選擇。
designer-image-too-large = 圖片超過 2 MB，或某一邊超過 4096 像素。請選擇較小的圖片。
designer-image-too-small = 圖片為 { $width } × { $height } 像素，不夠清晰。請選擇至少 { $across } × { $down } 的圖片。
designer-image-not-square = 圖片為 { $width } × { $height } 像素。請裁成正方形後重新選擇。
designer-image-refused = 有一張圖片未被接受，原因寫在旁邊；其他內容都已保留。

designer-texts = 文字
designer-texts-hint = 某種語言留空時，其讀者會看到灰色文字。只寫一種語言的文字會顯示給所有人。
designer-organization = 您的店鋪
designer-organization-hint = 顯示在每則通知上方。Google 約顯示 20 個字元。
designer-logo-text = 標誌旁的文字
designer-logo-text-hint = 請簡短；若標誌已說明，可留空。
designer-description = 這是什麼卡
designer-description-hint = 讀給看不到卡片的人聽。

designer-fields = 欄位
designer-header = 上角
designer-header-hint = 卡片疊放時也能看到。最多顯示 3 個。
designer-primary = 橫幅之上
designer-primary-hint = 大字。只顯示 1 個。
designer-secondary = 第一列
designer-secondary-hint = 與第二列合計最多顯示 4 個。
designer-auxiliary = 第二列
designer-auxiliary-hint = 與第一列合計最多顯示 4 個。
designer-back = 背面
designer-back-hint = 數量不限。Google 顯示在卡片下方。
designer-new-field = 新欄位
designer-add = 新增欄位
designer-place = 位置
designer-remove = 移除
designer-up = 往前
designer-down = 往後
designer-key = 程式用名稱：
designer-field-label = 標籤
designer-field-value = 內容
designer-field-notice = 通知
designer-placeholders = 可自動填入的內容
designer-placeholders-hint = 在內容中寫入其中一個，每張卡就會顯示各自的值。在通知中，%@ 代表新的值。

designer-code = 條碼
designer-format = 類型
designer-has-number = 條碼下顯示編號
designer-rotating = Google 錢包中使用動態條碼

designer-stamps = 印章
designer-stamps-hint = 當獎勵會自動發放時（例如每第十杯咖啡），印章取代橫幅顯示。您自己的印章請用 SVG 檔案。
designer-has-stamps = 顯示印章
designer-per-row = 每列印章數
designer-per-row-auto = 自動
designer-stamp-filled = 已集的印章
designer-stamp-empty = 空位
designer-stamp-last = 最後一格
designer-stamp-own = 保留我的圖案
designer-stamp-too-large = 檔案超過 32 kB。請簡化路徑後重新選擇。

designer-only-google = 僅限 Google 錢包
designer-only-google-hint = 留空的內容取自上方。
designer-issuer-name = 店鋪
designer-issuer-name-hint = 約顯示 20 個字元。
designer-program-name = 會員計畫
designer-program-name-hint = 約顯示 20 個字元。
designer-points-label = 餘額上方
designer-points-label-hint = 約顯示 9 個字元。

designer-sample-tier = 金卡
designer-sample-next-tier = 白金卡
designer-sample-reward = 免費咖啡
designer-sample-message = 本週五買一送一
designer-sample-challenge = 光臨三次
designer-sample-history = +12 · 今天
designer-sample-expiring = 60 點將於 12 月 31 日到期

designer-finding-empty = 此文字為空，手機會拒絕沒有它的卡片。請填寫。
designer-finding-value-empty = 內容為空，欄位不會顯示任何東西。請填寫內容或移除欄位。
designer-finding-clash = 同一文字有兩種譯法，手機只取第一種。請統一。
designer-finding-placeholder = 大括號中的名稱無法填入。請查看欄位上方的清單。
designer-finding-unfilled = 此處不會填入任何內容，大括號會原樣顯示。請移到內容中。
designer-finding-color = 這不是顏色。請選擇一種顏色。
designer-finding-contrast = 文字與背景太接近，無法看清。請選擇差別更大的顏色。
designer-finding-icon = 沒有圖示，手機會拒絕這樣的卡片。請新增正方形圖片。
designer-finding-scale = 缺少一種尺寸，圖片在多數手機上會顯得粗糙。請重新選擇圖片。
designer-finding-box = 圖片大於其位置，會被裁切。請重新選擇圖片。
designer-finding-crowded = 這裡的欄位多於手機可顯示的數量。請把一些移到背面。
designer-finding-notice = 通知中沒有 %@，因此不會說出新的值。
designer-finding-watch = 手錶不顯示這種條碼。QR 和 Aztec 在手錶上也可用。
designer-finding-cut = Google 會截斷此文字。請縮短。
designer-finding-google-logo = Google 需要圓形標誌。請新增正方形圖片。
designer-finding-digits = Google 只為數字繪製這種條碼。如不確定，請選 QR。
designer-finding-rotating = 只有 QR 和 PDF417 可以動態變化。請選擇其一。
designer-finding-stamps = 有欄位壓在印章上，兩者都看不清。請移到上角。

designer-ask-title = 發佈這張卡片？
designer-ask-cards = { $count ->
    [0] 還沒有人持有卡片。
   *[other] 將更改 { $count } 張卡片。
}
designer-ask-phones = { $count ->
    [0] 還沒有手機持有卡片，因此不會傳送任何內容。
   *[other] 這些卡片在 { $count } 個錢包中，會自動更新。
}
designer-more = 卡片多於此處統計的數量。數字為前 20,000 張卡片的情況。
designer-ask-what = 不會打擾任何人：僅更換外觀不會顯示通知。您隨時可以恢復先前的版本。
designer-ask-publish = 發佈
designer-ask-back = 返回編輯
designer-published = 已發佈。正在更新卡片。

designer-progress-title = 更新進度
designer-progress-of = { $held ->
   *[other] { $held } 個錢包中有 { $done } 個顯示最新卡片。
}
designer-progress-nobody = 還沒有人把卡片存入錢包。新加入的人會得到這一版。
designer-progress-done = 已是最新
designer-progress-told = 已通知，待取得
designer-progress-waiting = 等待中
designer-progress-failing = 正在重試
designer-progress-refused = 被拒絕
designer-progress-what = 關機或離線的手機恢復後會取得卡片，期間不會遺失任何內容。
designer-progress-again = 再看一次

designer-versions = 版本
designer-version = 版本
designer-versions-none = 尚未發佈任何內容。請設計您的第一張卡片。
designer-current = 使用中
designer-look = 查看
designer-again = 再次使用
designer-older = 更早的版本
designer-by-setup = 隨會員計畫建立
designer-by-key = 透過 API

designer-languages = 語言
designer-languages-what = 會員計畫及其卡片的所有文字。缺少的已標出，並註明讀者會看到什麼。
designer-languages-edit = 編輯卡片文字
designer-text = 文字
designer-missing = { $count ->
   *[other] 缺 { $count } 則
}
designer-same = 所有語言相同
designer-gap = 缺少
designer-instead = 顯示為：
designer-of-program = 會員計畫
designer-point-name = 點數名稱
