# The designer: the card of a program, edited beside the card as it will be.

designer-room = کارت
designer-title = طراحی کارت
designer-faulty = لطفاً دوباره ببینید: { $title }
designer-preview = پیش‌نمایش
designer-old-preview = پیش‌نمایش از نوشتهٔ شما قدیمی‌تر است. «نمایش» را بزنید.
designer-apple = کیف پول Apple
designer-google = کیف پول Google
designer-lock = صفحهٔ قفل
designer-apple-back = پشت کارت
designer-google-below = زیر کارت
designer-elsewhere = جای دیگر
designer-yes = بله
designer-no = خیر

designer-sound = چیزی کم نیست. کارت آمادهٔ انتشار است.
designer-warnings = { $count ->
    [one] کارت را می‌توان منتشر کرد. { $count } نکته:
   *[other] کارت را می‌توان منتشر کرد. { $count } نکته:
}
designer-faults = { $count ->
    [one] { $count } مورد مانع انتشار کارت است:
   *[other] { $count } مورد مانع انتشار کارت است:
}
designer-contrast-low = سخت خوانده می‌شود، کمتر از ۴٫۵:۱
designer-too-many = بیش از آنچه نشان داده می‌شود
designer-of = { $count } از { $most }
designer-lower = دو ردیف پایین با هم

designer-show = نمایش
designer-publish = انتشار…
designer-shown = نمایش کارت به
designer-read-only = می‌توانید کارت را ببینید. مالک، مدیر و بازاریاب می‌توانند آن را تغییر دهند.
designer-not-published = هنوز منتشر نشده است. ایراد هر بخش کنار آن نوشته شده است.
designer-stale = هنگام ویرایش شما کسی برنامه را تغییر داد. نوشته‌های شما از دست نرفته است: یک بار دیگر ببینید و دوباره منتشر کنید.
designer-old = این نسخهٔ { $number } است و هنوز تغییری نکرده است. برای استفادهٔ دوباره منتشرش کنید.

designer-colors = رنگ‌ها
designer-background = زمینه
designer-foreground = متن
designer-label-color = برچسب‌ها

designer-images = تصویرها
designer-images-hint = ‏PNG، حداکثر ۲ مگابایت. یک تصویر کافی است؛ اندازه‌هایی را که گوشی‌ها می‌خواهند ما می‌سازیم.
designer-image-logo = نشان
designer-image-logo-what = گوشهٔ بالای کارت Apple. بهترین اندازه ۴۸۰ × ۱۵۰ پیکسل.
designer-image-icon = نماد
designer-image-icon-what = مربع، روی صفحهٔ قفل. دست‌کم ۱۱۴ × ۱۱۴ پیکسل.
designer-image-strip = سرتیتر
designer-image-strip-what = در پهنای کارت Apple. بهترین اندازه ۱۱۲۵ × ۴۳۲ پیکسل.
designer-image-google-logo = نشان گرد
designer-image-google-logo-what = مربع؛ Google آن را گرد می‌بُرد. بهترین اندازه ۶۶۰ × ۶۶۰ پیکسل.
designer-image-google-hero = سرتیتر Google
designer-image-google-hero-what = پایین کارت Google. بهترین اندازه ۱۰۳۲ × ۳۳۶ پیکسل.
designer-image-drop = برداشتن
designer-image-no-png = این یک PNG قابل نمایش نیست. تصویر را به صورت PNG ذخیره و دوباره انتخاب کنید.
designer-image-too-large = تصویر بیش از ۲ مگابایت یا ۴۰۹۶ پیکسل در یک ضلع دارد. تصویر کوچک‌تری انتخاب کنید.
designer-image-too-small = تصویر { $width } × { $height } پیکسل است و واضح نخواهد بود. تصویری دست‌کم { $across } × { $down } انتخاب کنید.
designer-image-not-square = تصویر { $width } × { $height } پیکسل است. آن را مربع ببرید و دوباره انتخاب کنید.
designer-image-refused = یکی از تصویرها پذیرفته نشد. دلیلش کنار آن است؛ بقیه نگه داشته شد.

designer-texts = متن‌ها
designer-texts-hint = اگر زبانی خالی بماند، خوانندگانش متن خاکستری را می‌بینند. متنی که فقط به یک زبان است به همه نشان داده می‌شود.
designer-organization = فروشگاه شما
designer-organization-hint = بالای هر اعلان می‌آید. Google حدود ۲۰ نویسه نشان می‌دهد.
designer-logo-text = متن کنار نشان
designer-logo-text-hint = کوتاه؛ اگر نشان گویاست خالی بگذارید.
designer-description = این کارت چیست
designer-description-hint = برای کسانی که کارت را نمی‌بینند خوانده می‌شود.

designer-fields = بخش‌ها
designer-header = گوشهٔ بالا
designer-header-hint = حتی وقتی کارت‌ها روی هم‌اند دیده می‌شود. حداکثر ۳ تا.
designer-primary = روی سرتیتر
designer-primary-hint = بزرگ. فقط ۱ تا نشان داده می‌شود.
designer-secondary = ردیف نخست
designer-secondary-hint = با ردیف دوم روی هم حداکثر ۴ تا.
designer-auxiliary = ردیف دوم
designer-auxiliary-hint = با ردیف نخست روی هم حداکثر ۴ تا.
designer-back = پشت کارت
designer-back-hint = هر تعداد که بخواهید. Google آن‌ها را زیر کارت نشان می‌دهد.
designer-new-field = بخش تازه
designer-add = افزودن بخش
designer-place = جای آن
designer-remove = بردار
designer-up = جلوتر
designer-down = عقب‌تر
designer-key = نام برای برنامه‌ها:
designer-field-label = برچسب
designer-field-value = مقدار
designer-field-notice = اعلان
designer-placeholders = آنچه خودکار پر می‌شود
designer-placeholders-hint = یکی از این‌ها را در مقدار بنویسید تا هر کارت مقدار خودش را نشان دهد. در اعلان، ‎%@ جای مقدار تازه است.

designer-code = کد
designer-format = نوع
designer-has-number = شماره زیر کد
designer-rotating = کد متغیر در کیف پول Google

designer-stamps = مهرها
designer-stamps-hint = وقتی پاداشی خودبه‌خود داده می‌شود، مثل هر دهمین قهوه، به جای سرتیتر کشیده می‌شود. مهرهای خودتان فایل SVG هستند.
designer-has-stamps = کشیدن مهرها
designer-per-row = مهر در هر ردیف
designer-per-row-auto = مناسب‌ترین
designer-stamp-filled = مهر
designer-stamp-empty = جای خالی
designer-stamp-last = آخرین جا
designer-stamp-own = نگه‌داشتن تصویر خودم
designer-stamp-too-large = فایل بیش از ۳۲ کیلوبایت است. مسیرهایش را ساده و دوباره انتخاب کنید.

designer-only-google = فقط کیف پول Google
designer-only-google-hint = آنچه خالی بماند از بالا گرفته می‌شود.
designer-issuer-name = فروشگاه
designer-issuer-name-hint = حدود ۲۰ نویسه نشان داده می‌شود.
designer-program-name = برنامه
designer-program-name-hint = حدود ۲۰ نویسه نشان داده می‌شود.
designer-points-label = بالای موجودی
designer-points-label-hint = حدود ۹ نویسه نشان داده می‌شود.

designer-sample-tier = طلایی
designer-sample-next-tier = پلاتینی
designer-sample-reward = قهوهٔ رایگان
designer-sample-message = این جمعه دو تا به قیمت یکی
designer-sample-challenge = سه بار خرید
designer-sample-history = +۱۲ · امروز
designer-sample-expiring = ۶۰ امتیاز در ۱۰ دی پایان می‌یابد

designer-finding-empty = این متن خالی است و گوشی‌ها کارت بدون آن را نمی‌پذیرند. آن را بنویسید.
designer-finding-value-empty = مقدار خالی است و بخش چیزی نشان نمی‌دهد. مقداری بنویسید یا بخش را بردارید.
designer-finding-clash = یک عبارت دو گونه ترجمه شده است و گوشی‌ها نخستین را می‌گیرند. یکسانشان کنید.
designer-finding-placeholder = نام درون آکولاد شناخته نیست. فهرست بالای بخش‌ها را ببینید.
designer-finding-unfilled = اینجا چیزی پر نمی‌شود و آکولاد همان‌طور دیده می‌شود. آن را به مقدار ببرید.
designer-finding-color = این رنگ نیست. رنگی انتخاب کنید.
designer-finding-contrast = متن و زمینه بسیار شبیه‌اند و خوانده نمی‌شود. رنگ‌هایی دورتر از هم انتخاب کنید.
designer-finding-icon = نماد نیست و گوشی‌ها کارت بدون آن را نمی‌پذیرند. تصویری مربع بیفزایید.
designer-finding-scale = یک اندازه کم است و تصویر در بیشتر گوشی‌ها زبر دیده می‌شود. تصویر را دوباره انتخاب کنید.
designer-finding-box = تصویر از جایش بزرگ‌تر است و بریده می‌شود. تصویر را دوباره انتخاب کنید.
designer-finding-crowded = بخش‌ها بیش از آن‌اند که گوشی‌ها نشان دهند. چندتا را به پشت کارت ببرید.
designer-finding-notice = اعلان ‎%@ ندارد، پس مقدار تازه را نمی‌گوید.
designer-finding-watch = ساعت‌ها این نوع کد را نشان نمی‌دهند. QR و Aztec آنجا هم کار می‌کنند.
designer-finding-cut = ‏Google این متن را می‌بُرد. کوتاهش کنید.
designer-finding-google-logo = ‏Google نشان گرد می‌خواهد. تصویری مربع بیفزایید.
designer-finding-digits = ‏Google این نوع را فقط برای رقم‌ها می‌کشد. در تردید QR را انتخاب کنید.
designer-finding-rotating = فقط QR و PDF417 می‌توانند متغیر باشند. یکی از آن‌ها را انتخاب کنید.
designer-finding-stamps = بخشی روی مهرها آمده و هیچ‌کدام خوانده نمی‌شود. آن را به گوشهٔ بالا ببرید.

designer-ask-title = این کارت منتشر شود؟
designer-ask-cards = { $count ->
    [0] هنوز کسی کارت ندارد.
    [one] { $count } کارت تغییر می‌کند.
   *[other] { $count } کارت تغییر می‌کند.
}
designer-ask-phones = { $count ->
    [0] هنوز در هیچ گوشی نیست، پس چیزی فرستاده نمی‌شود.
    [one] در { $count } کیف پول است که خودبه‌خود به‌روز می‌شود.
   *[other] در { $count } کیف پول است که خودبه‌خود به‌روز می‌شوند.
}
designer-more = کارت‌ها بیش از شمارش اینجاست. این رقم‌ها برای ۲۰٬۰۰۰ کارت نخست است.
designer-ask-what = مزاحم کسی نمی‌شود: ظاهر تازه به‌تنهایی اعلانی نشان نمی‌دهد. هر زمان می‌توانید به نسخهٔ پیشین برگردید.
designer-ask-publish = انتشار
designer-ask-back = بازگشت به ویرایش
designer-published = منتشر شد. کارت‌ها در حال به‌روزرسانی‌اند.

designer-progress-title = به‌روزرسانی
designer-progress-of = { $held ->
    [one] { $done } از { $held } کیف پول تازه‌ترین کارت را نشان می‌دهد.
   *[other] { $done } از { $held } کیف پول تازه‌ترین کارت را نشان می‌دهند.
}
designer-progress-nobody = هنوز کسی کارت را در کیف پول ندارد. هر که بپیوندد همین را می‌گیرد.
designer-progress-done = به‌روز
designer-progress-told = خبر دارد، می‌گیرد
designer-progress-waiting = در نوبت
designer-progress-failing = تلاش دوباره
designer-progress-refused = رد شده
designer-progress-what = گوشی خاموش یا بدون اینترنت هنگام بازگشت کارت را می‌گیرد. در این میان چیزی از دست نمی‌رود.
designer-progress-again = دوباره ببین

designer-versions = نسخه‌ها
designer-version = نسخهٔ
designer-versions-none = هنوز چیزی منتشر نشده است. نخستین کارت خود را طراحی کنید.
designer-current = در استفاده
designer-look = دیدن
designer-again = دوباره استفاده کن
designer-older = نسخه‌های قدیمی‌تر
designer-by-setup = همراه برنامه ساخته شد
designer-by-key = از راه API

designer-languages = زبان‌ها
designer-languages-what = همهٔ متن‌های برنامه و کارتش. آنچه کم است نشان شده، همراه آنچه خوانندگان به جایش می‌بینند.
designer-languages-edit = ویرایش متن‌های کارت
designer-text = متن
designer-missing = { $count ->
    [one] { $count } کم است
   *[other] { $count } کم است
}
designer-same = در همهٔ زبان‌ها یکسان
designer-gap = کم است
designer-instead = به جایش:
designer-of-program = برنامه
designer-point-name = نام امتیازها
