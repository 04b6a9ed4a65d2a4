# نظرسنجی‌ها در کنسول: نوشتن، باز کردن و آنچه اعضا پاسخ داده‌اند.

surveys-title = نظرسنجی‌ها
surveys-how = پرسش‌های کوتاه از اعضا. هر عضو یک بار به نظرسنجی پاسخ می‌دهد و پاداش آن یک بار داده می‌شود.
surveys-none = هنوز نظرسنجی‌ای نیست.
surveys-begin = نوشتن نظرسنجی
surveys-new = نظرسنجی تازه
surveys-draft = پیش‌نویس
surveys-open = باز
surveys-closed = بسته
surveys-results = نتایج
surveys-name = نام، فقط برای شما
surveys-words = زبان متن‌های زیر
surveys-heading = عنوان، آن‌گونه که اعضا می‌خوانند
surveys-intro = مقدمه
surveys-thanks = سپاس، پس از پاسخ
surveys-question = پرسش { $number }
surveys-text = چه پرسیده می‌شود
surveys-kind = نوع پاسخ
surveys-kind-single = یک گزینه
surveys-kind-several = چند گزینه
surveys-kind-scale-1-5 = عددی از ۱ تا ۵
surveys-kind-scale-0-10 = عددی از ۰ تا ۱۰
surveys-kind-text = به زبان خودش
surveys-required = باید پاسخ داده شود
surveys-choices = گزینه‌ها، هر سطر یکی
surveys-choices-how = ۲ تا ۱۲؛ فقط برای یک گزینه و چند گزینه.
surveys-add = افزودن پرسش
surveys-up = بالاتر
surveys-down = پایین‌تر
surveys-remove = حذف
surveys-save = ذخیره
surveys-saved = ذخیره شد.
surveys-was-opened = باز است. اعضا آن را در صفحهٔ خود می‌بینند.
surveys-was-closed = بسته است.
surveys-open-it = باز کردن
surveys-open-how = اعضا آن را در صفحهٔ خود می‌بینند و می‌توانند پاسخ دهند. از آن پس پرسش‌ها و گزینه‌ها همان می‌مانند و تنها متنشان تغییر می‌کند.
surveys-close-it = بستن
surveys-close-how = دیگر کسی نمی‌تواند پاسخ دهد. پاسخ‌ها می‌مانند و می‌توانید دوباره بازش کنید.
surveys-link = پیوند آن، برای پیام‌ها، پوسترها و رسیدها
surveys-pays = پاداش پاسخ: { $worth }.
surveys-pays-nothing = پاسخ دادن هنوز پاداشی ندارد.
surveys-pays-unsure = قاعده‌هایی برای آن هست و هر یک بیش از پاسخ می‌خواهد.
surveys-make-rule = ساختن قاعده برای «پاسخ به نظرسنجی»
surveys-look = برخی خانه‌ها را دوباره ببینید. هنوز چیزی ذخیره نشده و چیزی از نوشته‌هایتان از دست نرفته است.
surveys-full = ۲۰۰ نظرسنجی هست و بیش از این نمی‌شود.
surveys-fixed = باز شده است، پس پرسش‌ها و گزینه‌ها همان می‌مانند و متنشان تغییرپذیر است. برای پرسش‌های دیگر نظرسنجی تازه‌ای بنویسید.
surveys-bad-count = هر نظرسنجی ۱ تا ۲۰ پرسش دارد.
surveys-bad-name = از ۱ تا ۸۰ نویسه، بدون شکست سطر.
surveys-bad-line = از ۱ تا ۲۰۰ نویسه.
surveys-bad-passage = حداکثر ۶۰۰ نویسه.
surveys-bad-choices = ۲ تا ۱۲ گزینه بنویسید، هر سطر یکی، هر یک حداکثر ۲۰۰ نویسه.
surveys-answers =
    { $count ->
        [one] { $count } پاسخ
       *[other] { $count } پاسخ
    }
surveys-newest = تازه‌ترین ۲۰٬۰۰۰ پاسخ شمرده شده‌اند.
surveys-mean = میانگین { $mean }
surveys-no-answers = هنوز کسی پاسخ نداده است.
surveys-texts = تازه‌ترین پاسخ‌ها
surveys-download = دریافت به صورت CSV
surveys-csv-when = زمان
surveys-csv-member = عضو
surveys-csv-language = زبان
