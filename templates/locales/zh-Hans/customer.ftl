### The customers' pages.

# The points of shops that did not name theirs.
points =
    { $count ->
       *[other] 积分
    }

# Where the language can be changed.
languages = 语言

# The page where customers enrol.
join-title = 加入{ $program }
join-bonus = 入会即得 { $points }
join-no-bonus = 把{ $program }会员卡放进手机
join-earning = 每消费 { $money } 可得 { $points }。
join-no-app = 会员卡存放在手机钱包里，无需应用，无需密码。
join-card = 您的{ $program }会员卡样式
join-first-name = 名字
join-contact = 邮箱或手机号
join-optional = 选填
join-contact-hint = 更换手机时，可用它找回会员卡。
join-submit = 领取会员卡
join-sample-name = 您的名字
join-invited = 您受朋友邀请加入。
join-not-invited = 我们找不到这个邀请，但您仍可领取会员卡。
join-with-receipt = 您的小票会一并带上，积分将记入您的会员卡。

# The poster for the counter, and the page that prints it.
poster-title = { $program }海报
poster-how = 请按 100% 比例打印本页，或在打印窗口中选择“另存为 PDF”。桌牌请沿虚线对折。
poster-size = 尺寸
poster-tent = 桌牌
poster-download = 下载 SVG
poster-scan = 用手机相机对准二维码
poster-name = 填写您的名字
poster-keep = 把会员卡存入手机钱包

# The page where a receipt is claimed.
claim-paid = { $program } · { $money }
claim-worth = 您的小票可得 { $points }
claim-no-worth = 把小票记入您的会员卡
claim-until = 请在 { $date } 前领取。每张小票只计一次。
claim-code = 卡号
claim-code-hint = 写在会员卡的码下方。
claim-submit = 记入我的卡
claim-no-card = 还没有会员卡？
claim-join = 领卡并记入小票
claim-bad-code = 我们找不到这个卡号。请看着会员卡重新填写。
claim-closed-card = 此卡目前不能积分，请询问店家。
claim-done = { $points } 已记入您的卡
claim-done-next = 手机上的会员卡稍后就会显示。
here-earned = 签到获得{ $points }
here-promised = { $points }即将到账
here-done = 已签到
here-again = 您今天已经签到过了
here-now = 您现在有{ $points }。
here-closed = 此卡目前无法积累
    .next = 请询问店员。
here-unknown = 用您的会员卡签到
    .next = 这部手机还没有打开过您的会员卡页面。
here-over = 这不是今天的二维码
    .next = 每天都会更换。请扫描现在展示的二维码。
here-card = 已有会员卡
here-card-how = 在手机钱包中打开会员卡，翻到背面，点按您页面的链接，然后再次扫描二维码。
here-no-card = 还没有会员卡
here-join = 领取会员卡
here-own = 打开我的页面
here-step-scan = 用手机相机对准二维码
here-step-card = 手机会认出您的会员卡
here-step-points = 签到完成
here-foot = 每天一个新二维码，无需安装应用。
here-poster = 用手机签到
here-poster-points = 签到可得{ $points }
here-poster-day = { $date } 有效
claim-taken = 此小票已记入一张会员卡
    .next = 每张小票只计一次。如果不是您本人，请询问店家。
claim-expired = 此小票已过期
    .next = 未在期限内领取。下次付款时请出示会员卡。
claim-voided = 此小票已失效
    .next = 这笔消费已退回。如有误，请询问店家。

# What is said at a field.
field-fault = 请检查标出的栏目。
field-no-name = 请填写名字，它会显示在卡上。
field-bad-name = 名字太长，最多 200 个字。
field-bad-contact = 请填写邮箱（如 name@example.com）或手机号（如 +86 138 0013 8000）。
field-bad-email = 邮箱不完整，格式如 name@example.com。
field-bad-phone = 手机号请以国家代码开头，如 +86 138 0013 8000。

# The page of a card.
card-title = { $program }会员卡
card-balance = 您的余额
card-picture = { $program }：余额 { $points } 的会员卡
card-code = 卡号
card-show = 付款时出示此码。
card-voided = 此卡已停用，请向店家领取新卡。
card-entries = 最近记录
card-no-entries = 首次消费后，您的记录会显示在这里。

# A member's own page.
member-open = 我的积分与奖励
member-hello = 您好，{ $name }
member-hello-nameless = 您好
member-pending = 即将到账：{ $points }。
member-expiring = 请在 { $date } 前使用 { $points }。
member-held = 可以使用
member-held-until = 有效期至 { $date }
member-held-show = 出示兑换码
member-download = 打开下载
member-rewards = 现在可兑换的奖励
member-no-rewards = 暂时没有可选的奖励，每次光临都会更近一步。
member-next-reward = 下一个：{ $reward }，还差 { $points }。
member-free = 免费
member-left =
    { $count ->
       *[other] 剩余 { $count } 份
    }
member-at-till = 请到柜台兑换：出示会员卡并说明即可。
member-redeem = 兑换
member-tier = 您的等级：{ $tier }
member-tier-until = 至少保留到 { $date }。
member-tier-next = 距离{ $tier }还差 { $missing }
member-tier-top = 您已是最高等级。
member-visits =
    { $count ->
       *[other] { $count } 次到店
    }
member-challenges = 挑战
member-challenge-done = { $done } / { $goal }
member-challenge-until = { $done } / { $goal } · 截至 { $date }
member-challenge-won = 已完成
member-prize = 可得 { $prize }
member-invite = 邀请朋友
member-invite-both = 朋友首次消费后，朋友可得 { $friend }，您可得 { $own }。
member-invite-friend = 朋友首次消费后可得 { $friend }。
member-invite-own = 朋友首次消费后，您可得 { $own }。
member-invite-how = 把此链接发给朋友：
member-moved = 最近记录
member-to-card = 我的会员卡
member-confirm-title = 兑换{ $reward }？
member-confirm-cost = 现在将从余额中扣除 { $points }。
member-confirm-free = 不需要任何花费。
member-confirm-how = 您会得到一个只能用一次的兑换码，请在柜台出示。
member-confirm-back = 未使用前可以退回。
member-confirm = 是的，获取兑换码
member-back = 返回
member-code-title = 您的兑换码：{ $reward }
member-code-say = 请在柜台出示，并说：“我要领取奖励。”
member-code-until = 有效期至 { $date }。
member-cancel = 退回
member-cancel-points = { $points } 将退回您的余额。
member-cancel-free = 它将从您的卡中移除。
member-given-back = 已退回，余额恢复原样。
member-gone = 此奖励已使用、已退回或已过期，没有任何更改。
member-no-points = 余额已不足以兑换，没有任何更改。
member-sold-out = 最后一份已被领走，余额没有扣除。
member-not-now = 目前无法兑换，余额没有扣除。
member-limit = 您已达到可兑换的次数，余额没有扣除。
member-blocked = 此卡目前不能使用，请询问店家。
member-over = 此页面已打开半小时
    .next = 为保护您的积分，页面已关闭。请从会员卡重新打开：在手机钱包中，或在会员卡页面上。
member-over-open = 打开我的会员卡

# The member's settings: what the shop may do, what it knows, and how that ends.
settings-open = 设置与我的数据
settings-title = 设置与我的数据
settings-own = 关于您
settings-last-name = 姓
settings-language = 会员卡的语言
settings-language-own = 保持不变：{ $language }
settings-save = 保存
settings-contacts = 如何找回您的会员卡
settings-contacts-why = 如果手机丢失，店家可以凭其中一项找回您的卡。
settings-no-contact = 还没有任何一项。没有它，丢失的卡就找不回来。
settings-remove = 移除
settings-contact = 其他邮箱或手机号
settings-add = 添加
settings-news = 资讯与优惠
settings-news-on = 您会收到资讯和优惠。
settings-news-off = 您不会收到资讯和优惠。
settings-news-stop = 不要再发给我
settings-news-give = 我同意
settings-notices = 通知
settings-notices-on = 卡有变化时（例如付款后），手机会通知您。
settings-notices-stop = 静默更新我的卡
settings-notices-off = 您的卡会在手机上静默更新，不发通知。
settings-notices-give = 重新通知我
settings-other = 您同意了：{ $purpose }
settings-other-stop = 撤回同意
settings-agreed = 您同意过什么、何时同意
settings-agreed-none = 还没有向您征求过任何同意。
settings-agreed-yes = 同意
settings-agreed-no = 不同意
settings-agreed-words = 当时的文字是：
settings-agreed-no-words = 当时显示的文字没有留存。
settings-source-join = 入会时
settings-source-page = 在本页面
settings-source-shop = 通过店家
settings-export = 您的数据
settings-export-what = 一个包含我们所存您全部信息的文件：您提供的资料、会员卡、消费和积分。人和程序都能读取（JSON）。
settings-export-button = 下载我的数据
settings-delete = 退出并删除资料
settings-delete-what = 您的会员卡将失效，积分也随之清除。
settings-delete-button = 删除我的数据…
settings-done-saved = 已保存。稍后会显示在您的卡上。
settings-done-added = 已添加。现在可以凭它找回您的卡。
settings-done-removed = 已移除。
settings-done-given = 谢谢。从现在起您会收到资讯和优惠。
settings-done-stopped = 已记录。不会再向您发送此类内容。
settings-done-quiet = 从现在起，您的卡会静默更新。
settings-done-heard = 卡有变化时，手机会重新通知您。
settings-not-gone = 该项已不存在，没有任何改动。
settings-taken = 它已对应另一张卡。如果那也是您的，请联系店家合并两张卡。
settings-full = 数量已满，请先移除一项。

# Consents: what was agreed to stays as it was. Another wording gets another number.
consent-marketing-1 = 向我发送动态和优惠，我可以随时停止接收。

# The question before everything is deleted.
delete-title = 要删除您的数据吗？
delete-goes = 将被删除
delete-goes-what = 您的姓名、邮箱、手机号和生日，店家对您的备注，您的会员卡及其积分和奖励。谁也无法恢复。
delete-stays = 会保留的内容及原因
delete-stays-books = 消费和积分的金额与日期，不含您的身份：店家必须保存账目，其中没有任何内容指向您。
delete-stays-consents = 曾有人同意或拒绝及其时间，但不显示是谁：以便店家证明曾征求同意。
delete-stays-gifts = 已付款的礼品卡。请保存卡号：持有卡号的人都可以使用。
delete-first = 要先取得您的数据吗？请在继续之前下载。
delete-word = 删除
delete-type = 如要继续，请输入“{ $word }”
delete-wrong = 请只输入“{ $word }”。没有删除任何内容。
delete-button = 永久删除
delete-done = 您的数据已删除
    .next = 手机里的卡稍后会失效，您可以把它移除。感谢您一直以来的支持。

# The ways into a wallet.
wallet-apple = 添加到 Apple 钱包
wallet-google = 添加到 Google 钱包
wallet-none = 钱包尚未就绪。请保留此页面，付款时可直接出示此码。
wallet-on-phone = 在手机上打开
wallet-on-phone-how = 用手机相机对准这里，即可在手机上打开会员卡。
wallet-waiting = 正在准备您的会员卡
wallet-waiting-why = Google 钱包比平时慢一些，本页会自动重试。
wallet-try-again = 立即重试

# What the movements of points are called.
entry-welcome = 入会礼
entry-earn = 消费
entry-promotion = 额外赠送
entry-redeem = 兑换
entry-refund = 退款
entry-expire = 过期
entry-transfer = 转移
entry-import = 转入
entry-adjust = 更正

# What happened, and what can be done.
fault-no-program = 没有可加入的会员卡
    .next = 地址可能有误。请重新扫描柜台上的二维码，或询问店家。
fault-no-card = 此链接已失效
    .next = 它已被更换或输入有误。用相同的邮箱或手机号重新加入即可找回会员卡，或询问店家。
fault-no-receipt = 我们找不到这张小票
    .next = 地址可能有误。请重新扫描小票上的码，或询问店家。
fault-no-page = 此地址没有内容
    .next = 地址可能有误。请返回，或重新扫描柜台上的二维码。
fault-bad-address = 此网址中有无法识别的内容
    .next = 请检查问号后面的部分，或从原来的地方重新打开此页。
fault-no-link = 此链接无法打开
    .next = 它可能不完整。请从收到它的地方重新打开，或询问商店。
fault-link-over = 此链接已失效
    .next = 它只在几天内有效，且只能打开几次。请向商店索取新的链接。
fault-wrong-role = 您的权限不能这样做
    .next = 请找经理，或用有权限的人登录。
fault-old-form = 此页面来自之前的访问
    .next = 请重新打开后再提交。
fault-cross-site = 表单来自其他网站
    .next = 为了您的安全，我们没有接收。请打开店家的加入页面重新提交。
fault-voided = 此卡已停用
    .next = 无法再使用此卡，请向店家领取新卡。
fault-no-wallet = 此钱包尚未就绪
    .next = 店家还没有开通。请返回，卡片页面上的码可在柜台使用。
fault-not-understood = 表单不完整
    .next = 请返回检查填写的内容，再提交一次。
fault-too-many = 尝试次数过多
    .next = 刚才有许多人从此网络加入。内容没有丢失。
fault-unavailable = 暂时无法处理
    .next = 服务此刻不可用。内容没有丢失，请稍后再试。
fault-internal = 我们这边出了问题
    .next = 没有任何更改。请再试一次；如仍不行，请把下面的编号告诉店家。
fault-wait =
    { $seconds ->
       *[other] 请在 { $seconds } 秒后重试。
    }
fault-reference = 编号

# Somebody who joined before asks for their card on another phone.
recover-title = 您在这里已经有一张卡
recover-why = 邮箱地址或电话号码谁都能填写，所以单凭这些不能打开您的卡。
recover-phone = 卡在您的另一部手机上
recover-phone-how = 请在那部手机的钱包里打开卡，背面的链接会带您到自己的页面。
recover-counter = 卡丢了，或者这是新手机
recover-counter-how = 请在柜台出示此码。店员确认是您本人后，卡会立刻在这里打开。此码十五分钟内有效。
recover-code = 给柜台的码
recover-look = 我已出示
recover-other = 用其他信息加入
recover-over = 此码已过期
recover-over-next = 它的有效期是十五分钟。请重新加入以获得新的码。

survey-offered = 说说您的看法
survey-answer = 填写
survey-questions =
    { $count ->
       *[other] { $count } 个问题
    }
survey-optional = 选填
survey-scale = 由低到高。
survey-several = 可多选。
survey-who = 商家会看到您的回答和会员卡。删除您的数据时，回答也会一并删除。
survey-send = 提交回答
survey-missing = 请回答此问题。
survey-bad-answer = 请从下面的答案中选择。
survey-bad-text = 最多填写 1,000 个字符。
survey-look = 有些问题尚未回答或无法识别。您填写的内容都还在。
survey-empty = 请至少回答一个问题。
survey-thanks = 谢谢您
survey-earned = 您的回答获得{ $points }。
survey-again = 您已经填写过这份问卷
    .next = 填写一次就够了，谢谢！
survey-over = 此问卷未开放
    .next = 目前不接受回答。
survey-unknown = 用您的会员卡填写
    .next = 这部手机还没有打开过您的会员卡页面。
survey-card-how = 在手机钱包中打开会员卡，翻到背面，点按您页面的链接。问卷就在那里。
