# The till, and where staff sign in.

sign-in-title = 登录
sign-in-email = 电子邮箱
sign-in-password = 密码
sign-in-submit = 登录
sign-in-wrong = 邮箱或密码不对，请再试一次。
sign-in-locked = { $minutes ->
   *[other] 失败次数过多。请等待 {$minutes} 分钟后再试。
}

till-title = 收银台
till-sign-out = 退出
till-who = 谁在收银台？
till-pin = PIN 码
till-pin-wrong = PIN 码不对，请再试一次。
till-open = 打开收银台
till-nobody = 这台收银机还没有人设 PIN 码。请找经理设置。
till-with-password = 用邮箱和密码登录
till-connect-title = 把此设备设为收银台
till-connect-how = 以后员工在这里用 PIN 码登录。
till-connect = 连接此设备
till-connect-over = 此链接已失效
till-connect-new = 它已被使用或已过期。请向经理要一个新的。

till-code = 卡号、姓名、电话或邮箱
till-found = 是哪一位？
till-found-more = 还有更多人叫这个名字。请多输入几个字，或输入电话号码。
till-find = 查找
till-last = 最近操作
till-last-none = 还没有操作。扫一张卡开始吧。
till-undo = 撤销
till-undone = 已撤销
till-new-member = 新会员
till-training = 练习模式。不会写入任何内容，顾客也看不到。
till-training-begin = 进入练习模式
till-training-end = 结束练习

till-nameless = 未留名的会员
till-balance = 余额
till-pending = 还有 {$points}即将到账。
till-birthday-today = 今天生日
till-birthday-near = 本周生日
till-say-ready = 告诉顾客：“今天可以兑换{$reward}。”
till-say-next = 告诉顾客：“再有 {$points}就能兑换{$reward}。”
till-amount = 付款金额
till-give = 加积分
till-preview = 可得 {$points}。
till-preview-nothing = 没有积分。
till-rewards = 奖励
till-no-rewards = 目前没有奖励。
till-next-reward = 再有 {$points}可兑换{$reward}。
till-held = 等待领取
till-hand-over = 交给顾客
till-hand-over-how = 已经付过积分，只交付一次。
till-free = 免费
till-redeem-how = 扣 {$cost}，剩 {$left}。
till-redeem-free = 不需要积分。
till-name-compared = 我核对了手机上的姓名。
till-gift-card = 礼品卡：{$money}
till-challenge = {$name}：{$done} / {$goal}
till-next = 下一位顾客
till-rules = 会员计划怎么用
till-rules-bonus = 入会即得 {$points}。
till-rules-redeem = 奖励在交付的那一刻扣积分。
till-rules-undo = 刚才做错的可以在这里撤销；过后请找经理。
till-rules-lost = 卡丢了：用电话或邮箱查找，余额还在。

till-camera-refused = 摄像头被禁用。请允许本页使用，或输入卡号。
till-camera-none = 没有摄像头。请用扫码枪，或输入卡号。
till-torch = 补光
till-cameras = 摄像头
till-offline-title = 离线收银台
till-offline = 没有网络。消费先保存在这里，有网络后立即发送。
till-offline-rewards = 兑换奖励需要网络：余额可能已变。
till-queued = 已保存。有网络后立即发送，积分随后到账。
till-waiting = 等待发送：#
till-dismiss = 知道了
till-stale = 余额 #（@）

till-joined = 入会
till-join-how = 请顾客用手机扫这个码。入会后，卡会在这里打开。
till-join-there = 已入会
till-done-joined = {$name}已入会，有 {$balance}。
till-done-order = 已加 {$points}。{$name}现在有 {$balance}。
till-done-nothing = 消费已记录，没有积分；{$name}有 {$balance}。
till-done-reward = 请交付：{$reward}。{$name}现在有 {$balance}。
till-done-hand-over = 请交付：{$reward}。
till-done-undone = 已撤销。{$name}恢复为之前的余额。
till-tried = 练习：{$name}会有 {$balance}。没有写入任何内容。

till-fault-unknown = 找不到这张卡。请再扫一次，或用姓名、电话、邮箱查找。
till-fault-check-digit = 有一个字符不对，请再看一下卡。
till-fault-replaced = 这张卡已更换，请出示新卡。
till-fault-voided = 这张卡已作废，不能使用。
till-fault-blocked = 该会员已被停用，请找经理。
till-fault-points = 积分不够。
till-fault-sold-out = 这个奖励已经没有了。
till-fault-reward = 这个奖励目前不能兑换。
till-fault-limit = 该会员暂时已达兑换上限。
till-fault-velocity = 短时间内消费次数过多，请找经理。
till-fault-stale = 这可能是卡的截图。请重新扫描手机屏幕，或核对姓名。
till-fault-own = 不能给自己的卡操作，请找同事。
till-fault-not-own = 这是同事做的，请同事或经理撤销。
till-fault-too-late = 已过撤销时间，请找经理。
till-fault-settled = 这已经做过或撤销过了。
till-fault-expired = 这个奖励已过期。
till-fault-form = 页面已过时，请重新打开收银台。
till-fault-role = 您的权限不能这样做，请找经理。
till-fault-guesses = 未知的卡太多，请稍等。
till-fault-amount = 这不是金额。请写成 {$example} 这样。
till-fault-other = 没有成功：{$detail}

# A customer asks for the card that they joined with before.
till-recover = 给另一部手机的卡
till-recover-whose = 有人用{$name}的联系方式加入，想在这部手机上使用该卡。
till-recover-how = 只有确认是本人时才打开：您认识对方、有证件证明，或者对方能说出您在这里看到的内容。
till-recover-since = {$date}起成为会员
till-recover-moved = 积分最近一次变动：{$date}
till-recover-allow = 是本人：打开卡
till-recover-no = 不是，回到开始
till-recover-over = 此码已超过十五分钟。请顾客重新加入以获得新的码。
till-recovered = 卡在另一部手机上
till-done-recovered = {$name}的卡又在手机上了，余额{$balance}。
