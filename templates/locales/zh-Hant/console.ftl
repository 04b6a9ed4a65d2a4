# The console: where whoever runs the program works.

console-skip = 跳到內容
console-rooms = 管理台
console-program = 計畫
console-program-show = 顯示
role-owner = 擁有者
role-manager = 經理
role-marketer = 行銷人員
role-cashier = 收銀員
role-integration = 系統串接
role-auditor = 稽核員

console-overview = 概覽
console-today = 今天
console-joined = 新會員
console-orders = 有點數的訂單
console-given = 發放的點數
console-used = 使用的點數
console-moved = 最近異動
console-moved-none = 還沒有異動。收銀台的第一筆訂單會顯示在這裡。
console-newest = 最新會員
console-newest-none = 還沒有人加入。請把海報放在櫃台上。
console-poster = 櫃台海報
console-join = 顧客加入頁面
