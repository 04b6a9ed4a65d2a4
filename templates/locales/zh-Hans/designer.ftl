# The designer: the card of a program, edited beside the card as it will be.

designer-room = 卡片
designer-title = 卡片设计
designer-faulty = 请再看一下：{ $title }
designer-preview = 预览
designer-old-preview = 预览比您输入的内容旧。请按“显示”。
designer-apple = Apple 钱包
designer-google = Google 钱包
designer-lock = 锁定屏幕
designer-apple-back = 卡片背面
designer-google-below = 卡片下方
designer-elsewhere = 其他位置
designer-yes = 是
designer-no = 否

designer-sound = 一切就绪，可以发布卡片。
designer-warnings = { $count ->
   *[other] 可以发布卡片。有 { $count } 条提示：
}
designer-faults = { $count ->
   *[other] 有 { $count } 处问题，卡片还不能发布：
}
designer-contrast-low = 不易看清，低于 4.5:1
designer-too-many = 超出可显示的数量
designer-of = { $count } / { $most }
designer-lower = 下方两行合计

designer-show = 显示
designer-publish = 发布…
designer-shown = 卡片显示语言
designer-read-only = 您可以查看卡片。所有者、经理和营销人员可以修改。
designer-not-published = 尚未发布。问题写在相应字段旁边。
designer-stale = 您编辑时有人改动了会员计划。您的内容没有丢失：请再看一遍，然后重新发布。
designer-old = 这是第 { $number } 版，尚未改动。发布后即可再次使用。

designer-colors = 颜色
designer-background = 背景
designer-foreground = 文字
designer-label-color = 标签

designer-images = 图片
designer-images-hint = PNG 格式，最大 2 MB。一张图片就够了，手机需要的各种尺寸由我们生成。
designer-image-logo = 标志
designer-image-logo-what = 位于 Apple 卡片上角。建议 480 × 150 像素。
designer-image-icon = 图标
designer-image-icon-what = 正方形，显示在锁定屏幕上。至少 114 × 114 像素。
designer-image-strip = 横幅
designer-image-strip-what = 横贯 Apple 卡片。建议 1125 × 432 像素。
designer-image-google-logo = 圆形标志
designer-image-google-logo-what = 正方形，Google 会裁成圆形。建议 660 × 660 像素。
designer-image-google-hero = Google 横幅
designer-image-google-hero-what = 位于 Google 卡片底部。建议 1032 × 336 像素。
designer-image-drop = 移除
designer-image-no-png = 这不是可以显示的 PNG。请把图片存为 PNG 后重新选择。
designer-image-too-large = 图片超过 2 MB，或某一边超过 4096 像素。请选择更小的图片。
designer-image-too-small = 图片为 { $width } × { $height } 像素，不够清晰。请选择至少 { $across } × { $down } 的图片。
designer-image-not-square = 图片为 { $width } × { $height } 像素。请裁成正方形后重新选择。
designer-image-refused = 有一张图片未被接受，原因写在旁边；其他内容都已保留。

designer-texts = 文字
designer-texts-hint = 某种语言留空时，其读者会看到灰色文字。只写一种语言的文字会显示给所有人。
designer-organization = 您的店铺
designer-organization-hint = 显示在每条通知上方。Google 约显示 20 个字符。
designer-logo-text = 标志旁的文字
designer-logo-text-hint = 请简短；若标志已说明，可留空。
designer-description = 这是什么卡
designer-description-hint = 读给看不到卡片的人听。

designer-fields = 字段
designer-header = 上角
designer-header-hint = 卡片叠放时也能看到。最多显示 3 个。
designer-primary = 横幅之上
designer-primary-hint = 大字。只显示 1 个。
designer-secondary = 第一行
designer-secondary-hint = 与第二行合计最多显示 4 个。
designer-auxiliary = 第二行
designer-auxiliary-hint = 与第一行合计最多显示 4 个。
designer-back = 背面
designer-back-hint = 数量不限。Google 显示在卡片下方。
designer-new-field = 新字段
designer-add = 添加字段
designer-place = 位置
designer-remove = 移除
designer-up = 往前
designer-down = 往后
designer-key = 程序用名称：
designer-field-label = 标签
designer-field-value = 内容
designer-field-notice = 通知
designer-placeholders = 可自动填入的内容
designer-placeholders-hint = 在内容中写入其中一个，每张卡就会显示各自的值。在通知中，%@ 代表新的值。

designer-code = 条码
designer-format = 类型
designer-has-number = 条码下显示编号
designer-rotating = Google 钱包中使用动态条码

designer-stamps = 印章
designer-stamps-hint = 当奖励会自动发放时（例如每第十杯咖啡），印章代替横幅显示。您自己的印章请用 SVG 文件。
designer-has-stamps = 显示印章
designer-per-row = 每行印章数
designer-per-row-auto = 自动
designer-stamp-filled = 已集的印章
designer-stamp-empty = 空位
designer-stamp-last = 最后一格
designer-stamp-own = 保留我的图案
designer-stamp-too-large = 文件超过 32 kB。请简化路径后重新选择。

designer-only-google = 仅限 Google 钱包
designer-only-google-hint = 留空的内容取自上方。
designer-issuer-name = 店铺
designer-issuer-name-hint = 约显示 20 个字符。
designer-program-name = 会员计划
designer-program-name-hint = 约显示 20 个字符。
designer-points-label = 余额上方
designer-points-label-hint = 约显示 9 个字符。

designer-sample-tier = 金卡
designer-sample-next-tier = 白金卡
designer-sample-reward = 免费咖啡
designer-sample-message = 本周五买一送一
designer-sample-challenge = 光临三次
designer-sample-history = +12 · 今天
designer-sample-expiring = 60 积分将于 12 月 31 日到期

designer-finding-empty = 此文字为空，手机会拒绝没有它的卡片。请填写。
designer-finding-value-empty = 内容为空，字段不会显示任何东西。请填写内容或移除字段。
designer-finding-clash = 同一文字有两种译法，手机只取第一种。请统一。
designer-finding-placeholder = 花括号中的名称无法填入。请查看字段上方的列表。
designer-finding-unfilled = 此处不会填入任何内容，花括号会原样显示。请移到内容中。
designer-finding-color = 这不是颜色。请选择一种颜色。
designer-finding-contrast = 文字与背景太接近，无法看清。请选择差别更大的颜色。
designer-finding-icon = 没有图标，手机会拒绝这样的卡片。请添加正方形图片。
designer-finding-scale = 缺少一种尺寸，图片在多数手机上会显得粗糙。请重新选择图片。
designer-finding-box = 图片大于其位置，会被裁切。请重新选择图片。
designer-finding-crowded = 这里的字段多于手机可显示的数量。请把一些移到背面。
designer-finding-notice = 通知中没有 %@，因此不会说出新的值。
designer-finding-watch = 手表不显示这种条码。QR 和 Aztec 在手表上也可用。
designer-finding-cut = Google 会截断此文字。请缩短。
designer-finding-google-logo = Google 需要圆形标志。请添加正方形图片。
designer-finding-digits = Google 只为数字绘制这种条码。如不确定，请选 QR。
designer-finding-rotating = 只有 QR 和 PDF417 可以动态变化。请选择其一。
designer-finding-stamps = 有字段压在印章上，两者都看不清。请移到上角。

designer-ask-title = 发布这张卡片？
designer-ask-cards = { $count ->
    [0] 还没有人持有卡片。
   *[other] 将更改 { $count } 张卡片。
}
designer-ask-phones = { $count ->
    [0] 还没有手机持有卡片，因此不会发送任何内容。
   *[other] 这些卡片在 { $count } 个钱包中，会自动更新。
}
designer-more = 卡片多于此处统计的数量。数字为前 20,000 张卡片的情况。
designer-ask-what = 不会打扰任何人：仅更换外观不会显示通知。您随时可以恢复早先的版本。
designer-ask-publish = 发布
designer-ask-back = 返回编辑
designer-published = 已发布。正在更新卡片。

designer-progress-title = 更新进度
designer-progress-of = { $held ->
   *[other] { $held } 个钱包中有 { $done } 个显示最新卡片。
}
designer-progress-nobody = 还没有人把卡片存入钱包。新加入的人会得到这一版。
designer-progress-done = 已是最新
designer-progress-told = 已通知，待获取
designer-progress-waiting = 等待中
designer-progress-failing = 正在重试
designer-progress-refused = 被拒绝
designer-progress-what = 关机或离线的手机恢复后会获取卡片，期间不会丢失任何内容。
designer-progress-again = 再看一次

designer-versions = 版本
designer-version = 版本
designer-versions-none = 尚未发布任何内容。请设计您的第一张卡片。
designer-current = 使用中
designer-look = 查看
designer-again = 再次使用
designer-older = 更早的版本
designer-by-setup = 随会员计划创建
designer-by-key = 通过 API

designer-languages = 语言
designer-languages-what = 会员计划及其卡片的所有文字。缺少的已标出，并注明读者会看到什么。
designer-languages-edit = 编辑卡片文字
designer-text = 文字
designer-missing = { $count ->
   *[other] 缺 { $count } 条
}
designer-same = 所有语言相同
designer-gap = 缺少
designer-instead = 显示为：
designer-of-program = 会员计划
designer-point-name = 积分名称
