# The console: where whoever runs the program works.

console-skip = 跳到内容
console-rooms = 管理台
console-program = 计划
console-program-show = 显示
role-owner = 所有者
role-manager = 经理
role-marketer = 营销人员
role-cashier = 收银员
role-integration = 系统对接
role-auditor = 审计员

console-overview = 概览
console-today = 今天
console-joined = 新会员
console-orders = 有积分的订单
console-given = 发放的积分
console-used = 使用的积分
console-moved = 最近变动
console-moved-none = 还没有变动。收银台的第一笔订单会显示在这里。
console-newest = 最新会员
console-newest-none = 还没有人加入。请把海报放在柜台上。
console-poster = 柜台海报
console-join = 顾客加入页面
