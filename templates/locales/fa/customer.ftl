### The customers' pages.

# The points of shops that did not name theirs.
points =
    { $count ->
        [one] امتیاز
       *[other] امتیاز
    }

# Where the language can be changed.
languages = زبان

# The page where customers enrol.
join-title = پیوستن به { $program }
join-bonus = { $points } هدیهٔ خوشامد
join-no-bonus = کارت { $program } روی گوشی شما
join-earning = هر { $money } خرید، { $points } به همراه دارد.
join-no-app = کارت در کیف پول گوشی شماست؛ بدون برنامه و بدون گذرواژه.
join-card = کارت { $program } شما این‌گونه خواهد بود
join-first-name = نام
join-contact = ایمیل یا تلفن
join-optional = اختیاری
join-contact-hint = اگر گوشی را عوض کنید، کارتتان با آن پیدا می‌شود.
join-submit = کارتم را می‌خواهم
join-sample-name = نام شما
join-invited = با دعوت یک دوست می‌پیوندید.
join-not-invited = این دعوت را نمی‌شناسیم. با این حال می‌توانید کارتتان را بگیرید.
join-with-receipt = رسیدتان همراه شماست: امتیاز آن روی کارتتان خواهد بود.

# The poster for the counter, and the page that prints it.
poster-title = پوستر { $program }
poster-how = این صفحه را با مقیاس ۱۰۰٪ چاپ کنید، یا در پنجرهٔ چاپ «ذخیره به PDF» را برگزینید. پایهٔ رومیزی را از خط‌چین تا کنید.
poster-size = اندازه
poster-tent = پایهٔ رومیزی
poster-download = دریافت به شکل SVG
poster-scan = دوربین گوشی را روی کد بگیرید
poster-name = نامتان را بنویسید
poster-keep = کارت را در کیف پول گوشی نگه دارید

# The page where a receipt is claimed.
claim-paid = { $program } · { $money }
claim-worth = { $points } برای رسید شما
claim-no-worth = رسیدتان را روی کارت بگذارید
claim-until = تا { $date } آن را روی کارت بگذارید. هر رسید یک بار حساب می‌شود.
claim-code = شمارهٔ کارت
claim-code-hint = زیر کد روی کارتتان نوشته شده است.
claim-submit = روی کارتم بگذار
claim-no-card = هنوز کارت ندارید؟
claim-join = کارتم را با آن بگیرم
claim-bad-code = این شمارهٔ کارت را نمی‌شناسیم. به کارتتان نگاه کنید و دوباره بنویسید.
claim-closed-card = این کارت اکنون نمی‌تواند امتیاز بگیرد. از فروشگاه بپرسید.
claim-done = { $points } روی کارت شماست
claim-done-next = تا چند لحظهٔ دیگر کارت روی گوشی آن را نشان می‌دهد.
here-earned = { $points } برای ثبت حضور شما
here-promised = { $points } در راه است
here-done = حضور شما ثبت شد
here-again = حضور امروز شما پیش‌تر ثبت شده است
here-now = اکنون { $points } دارید.
here-closed = این کارت فعلاً چیزی جمع نمی‌کند
    .next = از کسی پشت پیشخان بپرسید.
here-unknown = با کارت خود ثبت حضور کنید
    .next = این گوشی هنوز صفحهٔ کارت شما را باز نکرده است.
here-over = این کد امروز نیست
    .next = هر روز کد تازه‌ای می‌آید. کدی را که اکنون نشان داده می‌شود اسکن کنید.
here-card = کارت دارید
here-card-how = آن را در کیف گوشی باز کنید، برگردانید و پیوند صفحهٔ خود را بزنید. سپس دوباره کد را اسکن کنید.
here-no-card = هنوز کارت ندارید
here-join = کارت بگیرید
here-own = صفحهٔ من
here-step-scan = دوربین گوشی را رو به کد بگیرید
here-step-card = گوشی کارت شما را می‌شناسد
here-step-points = حضور شما ثبت شد
here-foot = هر روز کدی تازه. بدون برنامه.
here-poster = با گوشی خود ثبت حضور کنید
here-poster-points = { $points } برای ثبت حضور
here-poster-day = برای { $date }
claim-taken = این رسید پیش‌تر روی کارتی آمده است
    .next = هر رسید یک بار حساب می‌شود. اگر شما نبودید، از فروشگاه بپرسید.
claim-expired = مهلت این رسید گذشته است
    .next = به‌موقع ثبت نشد. بار دیگر هنگام پرداخت کارتتان را نشان دهید.
claim-voided = این رسید دیگر حساب نمی‌شود
    .next = خرید پس گرفته شده است. اگر اشتباه است، از فروشگاه بپرسید.

# What is said at a field.
field-fault = لطفاً به بخش مشخص‌شده نگاه کنید.
field-no-name = نامتان را بنویسید تا روی کارت بیاید.
field-bad-name = نام برای کارت بلند است. حداکثر ۲۰۰ حرف بنویسید.
field-bad-contact = ایمیلی مانند ⁨name@example.com⁩ یا شماره‌ای مانند ⁨‎+98 21 1234 5678⁩ بنویسید.
field-bad-email = ایمیل کامل نیست. شکل آن ⁨name@example.com⁩ است.
field-bad-phone = شماره را با کد کشور آغاز کنید، مانند ⁨‎+98 21 1234 5678⁩.

# The page of a card.
card-title = کارت { $program }
card-balance = موجودی شما
card-picture = { $program }: کارتی با { $points }
card-code = شمارهٔ کارت
card-show = هنگام پرداخت کد را نشان دهید.
card-voided = این کارت بسته شده است. از فروشگاه کارت تازه بخواهید.
card-entries = تازه‌ترین‌ها
card-no-entries = پس از نخستین سفارش، آنچه جمع می‌کنید اینجا می‌آید.

# A member's own page.
member-open = امتیازها و پاداش‌های من
member-hello = سلام { $name }
member-hello-nameless = سلام
member-pending = در راه: { $points }.
member-expiring = تا پایان { $date } از { $points } استفاده کنید.
member-held = آمادهٔ استفاده
member-held-until = تا { $date }
member-held-show = نمایش کد
member-download = باز کردن فایل
member-rewards = پاداش‌هایی که اکنون می‌توانید بگیرید
member-no-rewards = هنوز چیزی برای انتخاب نیست. هر خرید شما را نزدیک‌تر می‌کند.
member-next-reward = بعدی: { $reward }. { $points } مانده است.
member-free = رایگان
member-left =
    { $count ->
        [one] { $count } عدد مانده
       *[other] { $count } عدد مانده
    }
member-at-till = پای صندوق: آنجا کارتتان را نشان دهید و آن را بخواهید.
member-redeem = دریافت
member-tier = سطح شما: { $tier }
member-tier-until = دست‌کم تا { $date } از آنِ شماست.
member-tier-next = { $missing } تا { $tier }
member-tier-top = شما در بالاترین سطح هستید.
member-visits =
    { $count ->
        [one] { $count } بار آمدن
       *[other] { $count } بار آمدن
    }
member-challenges = چالش‌ها
member-challenge-done = { $done } از { $goal }
member-challenge-until = { $done } از { $goal } · تا { $date }
member-challenge-won = انجام شد
member-prize = { $prize } به همراه دارد
member-invite = دوستی را دعوت کنید
member-invite-both = پس از نخستین خرید دوستتان، او { $friend } می‌گیرد و شما { $own }.
member-invite-friend = دوستتان پس از نخستین خریدش { $friend } می‌گیرد.
member-invite-own = پس از نخستین خرید دوستتان { $own } می‌گیرید.
member-invite-how = این پیوند را برایش بفرستید:
member-moved = تازه‌ترین‌ها
member-to-card = کارت من
member-confirm-title = { $reward } را می‌گیرید؟
member-confirm-cost = { $points } هم‌اکنون از موجودی شما کم می‌شود.
member-confirm-free = هزینه‌ای برای شما ندارد.
member-confirm-how = کدی می‌گیرید که یک بار کار می‌کند. آن را پای صندوق نشان دهید.
member-confirm-back = تا استفاده نشده است می‌توانید پسش دهید.
member-confirm = بله، کدم را بده
member-back = بازگشت
member-code-title = کد شما برای: { $reward }
member-code-say = این را پای صندوق نشان دهید و بگویید: «پاداشی دارم که می‌خواهم بگیرم.»
member-code-until = تا { $date } کار می‌کند.
member-cancel = پس می‌دهم
member-cancel-points = { $points } به موجودی شما برمی‌گردد.
member-cancel-free = از کارتتان برداشته می‌شود.
member-given-back = پس داده شد. موجودی شما مانند پیش است.
member-gone = این پاداش استفاده شده، پس داده شده یا مهلتش گذشته است. چیزی تغییر نکرد.
member-no-points = موجودی شما دیگر برای آن کافی نیست. چیزی تغییر نکرد.
member-sold-out = آخرینش هم رفت. چیزی از موجودی شما کم نشد.
member-not-now = اکنون نمی‌توان آن را گرفت. چیزی از موجودی شما کم نشد.
member-limit = همهٔ سهم خود را از آن گرفته‌اید. چیزی از موجودی شما کم نشد.
member-blocked = این کارت اکنون کار نمی‌کند. از فروشگاه بپرسید.
member-over = این صفحه نیم ساعت باز بود
    .next = برای امنیت امتیازهایتان بسته شد. آن را دوباره از کارتتان باز کنید: در کیف پول گوشی یا از صفحهٔ کارت.
member-over-open = باز کردن کارتم

# The member's settings: what the shop may do, what it knows, and how that ends.
settings-open = تنظیمات و داده‌های من
settings-title = تنظیمات و داده‌های من
settings-own = دربارهٔ شما
settings-last-name = نام خانوادگی
settings-language = زبان کارت شما
settings-language-own = همان که هست: { $language }
settings-save = ذخیره
settings-contacts = چگونه کارتتان دوباره پیدا می‌شود
settings-contacts-why = اگر گوشی را گم کنید، فروشگاه با یکی از این‌ها کارتتان را پیدا می‌کند.
settings-no-contact = هنوز چیزی نیست. بدون آن، کارت گم‌شده پیدا نمی‌شود.
settings-remove = بردار
settings-contact = ایمیل یا تلفن دیگر
settings-add = افزودن
settings-news = خبرها و پیشنهادها
settings-news-on = خبرها و پیشنهادها به شما می‌رسد.
settings-news-off = هیچ خبر و پیشنهادی به شما نمی‌رسد.
settings-news-stop = دیگر برایم نفرستید
settings-news-give = موافقم
settings-notices = اعلان‌ها
settings-notices-on = وقتی کارتتان تغییر کند، مثلاً پس از پرداخت، گوشی به شما خبر می‌دهد.
settings-notices-stop = کارتم را بی‌صدا تغییر دهید
settings-notices-off = کارتتان بدون اعلان روی گوشی تغییر می‌کند.
settings-notices-give = دوباره خبرم کنید
settings-other = موافقت کرده‌اید با: { $purpose }
settings-other-stop = پس می‌گیرم
settings-agreed = با چه موافقت کرده‌اید و کی
settings-agreed-none = چیزی از شما پرسیده نشده است.
settings-agreed-yes = بله
settings-agreed-no = نه
settings-agreed-words = متن آن چنین بود:
settings-agreed-no-words = متنی که نشان داده شد نگه داشته نشده است.
settings-source-join = هنگام پیوستن
settings-source-page = در همین صفحه
settings-source-shop = از راه فروشگاه
settings-export = داده‌های شما
settings-export-what = فایلی با همهٔ آنچه از شما نگه داشته می‌شود: گفته‌های شما، کارت، خریدها و امتیازها. آدم‌ها و برنامه‌ها می‌توانند آن را بخوانند (JSON).
settings-export-button = دریافت داده‌هایم
settings-delete = رفتن و فراموش شدن
settings-delete-what = کارتتان پایان می‌یابد و امتیازهایش هم.
settings-delete-button = داده‌هایم را پاک کن…
settings-done-saved = ذخیره شد. تا چند لحظهٔ دیگر کارت آن را نشان می‌دهد.
settings-done-added = افزوده شد. اکنون کارتتان با آن پیدا می‌شود.
settings-done-removed = برداشته شد.
settings-done-given = سپاسگزاریم. از این پس خبرها و پیشنهادها به شما می‌رسد.
settings-done-stopped = ثبت شد. دیگر چیزی از این دست برایتان فرستاده نمی‌شود.
settings-done-quiet = از این پس کارتتان بی‌صدا تغییر می‌کند.
settings-done-heard = از این پس گوشی دوباره از تغییر کارتتان خبر می‌دهد.
settings-not-gone = این دیگر نبود. چیزی تغییر نکرد.
settings-taken = این به کارت دیگری می‌رسد. اگر آن هم از شماست، از فروشگاه بخواهید دو کارت را یکی کند.
settings-full = تعدادشان زیاد است. نخست یکی را بردارید.

# Consents: what was agreed to stays as it was. Another wording gets another number.
consent-marketing-1 = خبرها و پیشنهادها را برایم بفرستید. هر وقت بخواهم قطعشان می‌کنم.

# The question before everything is deleted.
delete-title = داده‌هایتان پاک شود؟
delete-goes = این‌ها می‌رود
delete-goes-what = نام، ایمیل، تلفن و روز تولد شما، آنچه فروشگاه دربارهٔ شما نوشته است، کارت و امتیازها و پاداش‌هایش. هیچ‌کس نمی‌تواند آن‌ها را برگرداند.
delete-stays = این‌ها می‌ماند، و چرا
delete-stays-books = مبلغ و تاریخ خریدها و امتیازها، بدون شما: فروشگاه باید دفترهایش را نگه دارد. چیزی در آن‌ها به شما نمی‌رسد.
delete-stays-consents = اینکه کسی موافقت کرد یا نکرد، و کی، بی‌آنکه معلوم باشد که بود: تا فروشگاه بتواند نشان دهد که پرسیده است.
delete-stays-gifts = کارت هدیه‌ای که پولش داده شده است. کدش را نگه دارید: هر که کد را دارد می‌تواند خرجش کند.
delete-first = نخست داده‌هایتان را می‌خواهید؟ پیش از ادامه دریافتشان کنید.
delete-word = حذف
delete-type = برای ادامه بنویسید «{ $word }»
delete-wrong = فقط بنویسید «{ $word }». چیزی پاک نشد.
delete-button = برای همیشه پاک کن
delete-done = داده‌هایتان پاک شد
    .next = کارت روی گوشی تا چند لحظهٔ دیگر باطل می‌شود و می‌توانید آن را از گوشی بردارید. سپاس که با ما بودید.

# The ways into a wallet.
wallet-apple = افزودن به Apple Wallet
wallet-google = افزودن به Google Wallet
wallet-none = کیف پول هنوز آماده نیست. این صفحه را نگه دارید؛ کد آن هنگام پرداخت کار می‌کند.
wallet-on-phone = روی گوشی
wallet-on-phone-how = دوربین گوشی را اینجا بگیرید تا کارت در آن باز شود.
wallet-waiting = کارتتان آماده می‌شود
wallet-waiting-why = Google Wallet کمی بیشتر از همیشه طول می‌کشد. این صفحه خودش دوباره تلاش می‌کند.
wallet-try-again = اکنون دوباره تلاش کنید

# What the movements of points are called.
entry-welcome = هدیهٔ خوشامد
entry-earn = سفارش
entry-promotion = اضافه
entry-redeem = پاداش
entry-refund = بازگشت وجه
entry-expire = منقضی
entry-transfer = انتقال
entry-import = امتیاز آورده‌شده
entry-adjust = اصلاح

# What happened, and what can be done.
fault-no-program = کارتی با این نشانی نیست
    .next = شاید نشانی اشتباه نوشته شده است. کد روی پیشخان را دوباره اسکن کنید یا از فروشگاه بپرسید.
fault-no-card = این پیوند دیگر کار نمی‌کند
    .next = عوض شده یا اشتباه نوشته شده است. با همان ایمیل یا تلفن دوباره بپیوندید تا کارتتان پیدا شود، یا از فروشگاه بپرسید.
fault-no-receipt = این رسید را نمی‌شناسیم
    .next = شاید نشانی اشتباه نوشته شده است. کد روی رسید را دوباره اسکن کنید یا از فروشگاه بپرسید.
fault-no-page = در این نشانی چیزی نیست
    .next = شاید اشتباه نوشته شده است. برگردید یا کد روی پیشخان را دوباره اسکن کنید.
fault-bad-address = در این نشانی چیزی ناآشناست
    .next = آنچه پس از نشان پرسش آمده را بررسی کنید، یا صفحه را دوباره از همان‌جا که آمدید باز کنید.
fault-no-link = این پیوند کار نمی‌کند
    .next = شاید ناقص رسیده باشد. آن را از همان جایی که گرفتید باز کنید یا از فروشگاه بپرسید.
fault-link-over = مهلت این پیوند تمام شده است
    .next = چند روز کار می‌کند و چند بار باز می‌شود. از فروشگاه پیوند دیگری بخواهید.
fault-wrong-role = نقش شما اجازهٔ این کار را ندارد
    .next = از مدیر بخواهید یا با نام کسی وارد شوید که اجازه دارد.
fault-old-form = این صفحه از بازدید پیشین است
    .next = دوباره بازش کنید و بفرستید.
fault-cross-site = فرم از سایت دیگری آمد
    .next = برای امنیت شما پذیرفته نشد. خود صفحهٔ عضویت را باز کنید و از آنجا بفرستید.
fault-voided = این کارت بسته شده است
    .next = چیزی به آن افزوده نمی‌شود. از فروشگاه کارت تازه بخواهید.
fault-no-wallet = این کیف پول اینجا آماده نیست
    .next = فروشگاه هنوز راه‌اندازی نکرده است. برگردید؛ کد صفحهٔ کارت هنگام پرداخت کار می‌کند.
fault-not-understood = فرم کامل نرسید
    .next = برگردید، نوشته‌ها را بررسی کنید و دوباره بفرستید.
fault-too-many = تلاش‌های زیادی از اینجا شد
    .next = افراد زیادی همین حالا از این شبکه پیوستند. چیزی از دست نرفته است.
fault-unavailable = اکنون نمی‌شود
    .next = سرویس در این لحظه نمی‌تواند. چیزی از دست نرفته است؛ کمی بعد دوباره تلاش کنید.
fault-internal = خطایی از سوی ما رخ داد
    .next = چیزی تغییر نکرد. دوباره تلاش کنید؛ اگر ماند، شناسهٔ زیر را به فروشگاه بگویید.
fault-wait =
    { $seconds ->
        [one] { $seconds } ثانیهٔ دیگر دوباره تلاش کنید.
       *[other] { $seconds } ثانیهٔ دیگر دوباره تلاش کنید.
    }
fault-reference = شناسه

# Somebody who joined before asks for their card on another phone.
recover-title = شما از پیش اینجا کارت دارید
recover-why = هر کسی می‌تواند یک نشانی ایمیل یا شماره تلفن بنویسد؛ پس این‌ها به‌تنهایی کارت شما را باز نمی‌کنند.
recover-phone = کارت روی گوشی دیگر شماست
recover-phone-how = کارت را آنجا در کیف پول باز کنید. پیوند پشت کارت به صفحهٔ خودتان می‌رسد.
recover-counter = کارت گم شده یا این گوشی تازه است
recover-counter-how = این کد را به صندوق نشان دهید. همین که آنجا مطمئن شدند خود شمایید، کارت همین‌جا باز می‌شود. کد یک ربع ساعت کار می‌کند.
recover-code = کد برای صندوق
recover-look = نشان دادم
recover-other = با مشخصات دیگری بپیوندید
recover-over = این کد کهنه شده است
recover-over-next = کد یک ربع ساعت کار می‌کرد. دوباره بپیوندید تا کد تازه‌ای بگیرید.

survey-offered = نظرتان را بگویید
survey-answer = پاسخ دهید
survey-questions =
    { $count ->
        [one] { $count } پرسش
       *[other] { $count } پرسش
    }
survey-optional = اگر مایلید
survey-scale = از کمترین تا بیشترین.
survey-several = هر چند تا که می‌خواهید انتخاب کنید.
survey-who = فروشگاه پاسخ‌های شما را همراه کارتتان می‌بیند. اگر داده‌هایتان را حذف کنید، آن‌ها هم حذف می‌شوند.
survey-send = فرستادن پاسخ‌ها
survey-missing = لطفاً به این پرسش پاسخ دهید.
survey-bad-answer = یکی از پاسخ‌های زیر را انتخاب کنید.
survey-bad-text = حداکثر ۱۰۰۰ نویسه بنویسید.
survey-look = برخی پاسخ‌ها جا افتاده یا خوانا نیستند. چیزی از نوشته‌هایتان از دست نرفته است.
survey-empty = دست‌کم به یک پرسش پاسخ دهید.
survey-thanks = سپاسگزاریم
survey-earned = { $points } برای پاسخ‌هایتان.
survey-again = به این نظرسنجی پاسخ داده‌اید
    .next = یک بار کافی است. سپاسگزاریم!
survey-over = این نظرسنجی باز نیست
    .next = اکنون پاسخی نمی‌پذیرد.
survey-unknown = با کارت خود پاسخ دهید
    .next = این گوشی هنوز صفحهٔ کارت شما را باز نکرده است.
survey-card-how = آن را در کیف گوشی باز کنید، برگردانید و پیوند صفحهٔ خود را بزنید. نظرسنجی آنجا منتظر شماست.
