# The designer: the card of a program, edited beside the card as it will be.

designer-room = البطاقة
designer-title = تصميم البطاقة
designer-faulty = يُرجى المراجعة: { $title }
designer-preview = معاينة
designer-old-preview = المعاينة أقدم مما كتبته. اضغط «عرض».
designer-apple = محفظة Apple
designer-google = محفظة Google
designer-lock = شاشة القفل
designer-apple-back = ظهر البطاقة
designer-google-below = أسفل البطاقة
designer-elsewhere = موضع آخر
designer-yes = نعم
designer-no = لا

designer-sound = لا ينقص شيء. يمكن نشر البطاقة.
designer-warnings = { $count ->
    [zero] يمكن نشر البطاقة.
    [one] يمكن نشر البطاقة. ملاحظة واحدة:
    [two] يمكن نشر البطاقة. ملاحظتان:
    [few] يمكن نشر البطاقة. { $count } ملاحظات:
    [many] يمكن نشر البطاقة. { $count } ملاحظة:
   *[other] يمكن نشر البطاقة. { $count } ملاحظة:
}
designer-faults = { $count ->
    [zero] لا شيء يمنع نشر البطاقة:
    [one] أمر واحد يمنع نشر البطاقة:
    [two] أمران يمنعان نشر البطاقة:
    [few] { $count } أمور تمنع نشر البطاقة:
    [many] { $count } أمرًا يمنع نشر البطاقة:
   *[other] { $count } أمر يمنع نشر البطاقة:
}
designer-contrast-low = صعبة القراءة، أقل من 4.5:1
designer-too-many = أكثر مما يُعرض
designer-of = { $count } من { $most }
designer-lower = الصفان السفليان معًا

designer-show = عرض
designer-publish = نشر…
designer-shown = اعرض البطاقة بـ
designer-read-only = يمكنك الاطلاع على البطاقة. يعدّلها المالكون والمديرون والمسوّقون.
designer-not-published = لم تُنشر بعد. الخطأ مذكور بجانب حقله.
designer-stale = غيّر أحدهم البرنامج أثناء تحريرك. لم يضِع شيء مما كتبته: راجعه مرة أخرى ثم انشر.
designer-old = هذه النسخة { $number } ولم يتغير فيها شيء بعد. انشرها لاستخدامها من جديد.

designer-colors = الألوان
designer-background = الخلفية
designer-foreground = النص
designer-label-color = العناوين

designer-images = الصور
designer-images-hint = ‏PNG بحجم لا يتجاوز 2 ميغابايت. تكفي صورة واحدة، ونحن نُعدّ المقاسات التي تطلبها الهواتف.
designer-image-logo = الشعار
designer-image-logo-what = في زاوية بطاقة Apple العليا. الأفضل 480 × 150 بكسل.
designer-image-icon = الأيقونة
designer-image-icon-what = مربعة، تظهر على شاشة القفل. 114 × 114 بكسل على الأقل.
designer-image-strip = اللافتة
designer-image-strip-what = بعرض بطاقة Apple. الأفضل 1125 × 432 بكسل.
designer-image-google-logo = الشعار الدائري
designer-image-google-logo-what = مربع، وتقصّه Google دائريًا. الأفضل 660 × 660 بكسل.
designer-image-google-hero = لافتة Google
designer-image-google-hero-what = أسفل بطاقة Google. الأفضل 1032 × 336 بكسل.
designer-image-drop = إزالة
designer-image-no-png = هذا الملف ليس صورة PNG يمكن رسمها. احفظ الصورة بصيغة PNG واخترها من جديد.
designer-image-too-large = الصورة أكبر من 2 ميغابايت أو من 4096 بكسل في أحد أضلاعها. اختر صورة أصغر.
designer-image-too-small = مقاس الصورة { $width } × { $height } بكسل، وهو أقل من أن تبدو واضحة. اختر صورة لا تقل عن { $across } × { $down }.
designer-image-not-square = مقاس الصورة { $width } × { $height } بكسل. قُصّها مربعة واخترها من جديد.
designer-image-refused = لم تُقبل إحدى الصور. السبب مذكور بجانبها، وكل ما عداها محفوظ.

designer-texts = النصوص
designer-texts-hint = إن تركت لغةً فارغة رأى قراؤها النص الرمادي بدلًا منها. والنص المكتوب بلغة واحدة فقط يراه الجميع.
designer-organization = متجرك
designer-organization-hint = يظهر فوق كل إشعار. تعرض Google نحو 20 حرفًا.
designer-logo-text = النص بجانب الشعار
designer-logo-text-hint = قصير؛ اتركه فارغًا إن كان الشعار يقوله.
designer-description = ما هذه البطاقة
designer-description-hint = يُقرأ لمن لا يرى البطاقة.

designer-fields = الحقول
designer-header = الزاوية العليا
designer-header-hint = تظهر حتى عندما تتراكم البطاقات. يُعرض 3 منها على الأكثر.
designer-primary = فوق اللافتة
designer-primary-hint = كبير. يُعرض حقل واحد فقط.
designer-secondary = الصف الأول
designer-secondary-hint = مع الصف الثاني يُعرض 4 على الأكثر.
designer-auxiliary = الصف الثاني
designer-auxiliary-hint = مع الصف الأول يُعرض 4 على الأكثر.
designer-back = الظهر
designer-back-hint = بلا حدّ للعدد. تعرضها Google أسفل البطاقة.
designer-new-field = حقل جديد
designer-add = أضف حقلًا
designer-place = مكانه
designer-remove = أزِله
designer-up = قدِّم
designer-down = أخِّر
designer-key = اسمه للبرامج:
designer-field-label = العنوان
designer-field-value = القيمة
designer-field-notice = الإشعار
designer-placeholders = ما يمكن ملؤه تلقائيًا
designer-placeholders-hint = اكتب أحد هذه في القيمة فتعرض كل بطاقة ما يخصها. وفي الإشعار يحلّ ‎%@ محل القيمة الجديدة.

designer-code = الرمز
designer-format = النوع
designer-has-number = الرقم تحت الرمز
designer-rotating = رمز متغيّر في محفظة Google

designer-stamps = الأختام
designer-stamps-hint = تُرسم مكان اللافتة حين تُمنح مكافأة تلقائيًا، مثل كل عاشر قهوة. أختامك الخاصة ملفات SVG.
designer-has-stamps = ارسم الأختام
designer-per-row = عدد الأختام في الصف
designer-per-row-auto = الأنسب
designer-stamp-filled = ختم
designer-stamp-empty = مكان فارغ
designer-stamp-last = المكان الأخير
designer-stamp-own = احتفظ بصورتي
designer-stamp-too-large = الملف أكبر من 32 كيلوبايت. بسّط خطوطه واختره من جديد.

designer-only-google = لمحفظة Google فقط
designer-only-google-hint = ما تتركه فارغًا يؤخذ مما سبق.
designer-issuer-name = المتجر
designer-issuer-name-hint = يُعرض نحو 20 حرفًا.
designer-program-name = البرنامج
designer-program-name-hint = يُعرض نحو 20 حرفًا.
designer-points-label = فوق الرصيد
designer-points-label-hint = يُعرض نحو 9 أحرف.

designer-sample-tier = ذهبي
designer-sample-next-tier = بلاتيني
designer-sample-reward = قهوة مجانية
designer-sample-message = اثنان بسعر واحد هذه الجمعة
designer-sample-challenge = ثلاث زيارات
designer-sample-history = +12 · اليوم
designer-sample-expiring = تنتهي 60 نقطة في 31 ديسمبر

designer-finding-empty = هذا النص فارغ، والهواتف ترفض بطاقة بدونه. اكتبه.
designer-finding-value-empty = القيمة فارغة فلا يظهر شيء في الحقل. اكتب قيمة أو أزل الحقل.
designer-finding-clash = العبارة نفسها مترجمة بطريقتين، والهواتف تأخذ الأولى. وحّدهما.
designer-finding-placeholder = بين القوسين اسم لا يمكن ملؤه. راجع القائمة فوق الحقول.
designer-finding-unfilled = لا يُملأ شيء هنا، فتظهر الأقواس كما هي. انقلها إلى القيمة.
designer-finding-color = هذا ليس لونًا. اختر لونًا.
designer-finding-contrast = لون النص قريب جدًا من الخلفية فيصعب قراءته. اختر لونين أكثر تباينًا.
designer-finding-icon = لا توجد أيقونة، والهواتف ترفض بطاقة بدونها. أضف صورة مربعة.
designer-finding-scale = ينقص مقاس، فتبدو الصورة خشنة على معظم الهواتف. اختر الصورة من جديد.
designer-finding-box = الصورة أكبر من مكانها فتُقصّ. اختر الصورة من جديد.
designer-finding-crowded = الحقول هنا أكثر مما تعرضه الهواتف. انقل بعضها إلى الظهر.
designer-finding-notice = لا يوجد ‎%@ في الإشعار، فلا يذكر القيمة الجديدة.
designer-finding-watch = الساعات لا تعرض هذا النوع من الرموز. ‏QR وAztec يعملان عليها أيضًا.
designer-finding-cut = تقصّ Google هذا النص. اختصره.
designer-finding-google-logo = تحتاج Google إلى شعار دائري. أضف صورة مربعة.
designer-finding-digits = لا ترسم Google هذا النوع إلا للأرقام. اختر QR عند الشك.
designer-finding-rotating = يمكن تغيير QR وPDF417 فقط. اختر أحدهما.
designer-finding-stamps = حقلٌ فوق الأختام، فلا يُقرأ هذا ولا تلك. انقله إلى الزاوية العليا.

designer-ask-title = نشر هذه البطاقة؟
designer-ask-cards = { $count ->
    [zero] لا أحد لديه بطاقة بعد.
    [one] ستتغير بطاقة واحدة.
    [two] ستتغير بطاقتان.
    [few] ستتغير { $count } بطاقات.
    [many] ستتغير { $count } بطاقة.
   *[other] ستتغير { $count } بطاقة.
}
designer-ask-phones = { $count ->
    [zero] لا يحملها هاتف بعد، فلا يُرسل شيء.
    [one] هي في محفظة واحدة تُحدَّث من تلقاء نفسها.
    [two] هي في محفظتين تُحدَّثان من تلقاء نفسيهما.
    [few] هي في { $count } محافظ تُحدَّث من تلقاء نفسها.
    [many] هي في { $count } محفظة تُحدَّث من تلقاء نفسها.
   *[other] هي في { $count } محفظة تُحدَّث من تلقاء نفسها.
}
designer-more = البطاقات أكثر مما يُعدّ هنا. الأرقام لأول 20,000 بطاقة.
designer-ask-what = لن يُزعَج أحد: المظهر الجديد وحده لا يُظهر إشعارًا. ويمكنك العودة إلى نسخة سابقة في أي وقت.
designer-ask-publish = نشر
designer-ask-back = العودة إلى التحرير
designer-published = نُشرت. يجري تحديث البطاقات.

designer-progress-title = التحديث
designer-progress-of = { $held ->
    [zero] لا محفظة تعرض البطاقة بعد ({ $done } من { $held }).
    [one] { $done } من محفظة واحدة تعرض أحدث بطاقة ({ $held }).
    [two] { $done } من محفظتين تعرض أحدث بطاقة ({ $held }).
    [few] { $done } من { $held } محافظ تعرض أحدث بطاقة.
    [many] { $done } من { $held } محفظة تعرض أحدث بطاقة.
   *[other] { $done } من { $held } محفظة تعرض أحدث بطاقة.
}
designer-progress-nobody = لا أحد لديه البطاقة في محفظة بعد. من ينضم يحصل على هذه.
designer-progress-done = محدَّثة
designer-progress-told = أُبلغت وستجلبها
designer-progress-waiting = تنتظر دورها
designer-progress-failing = تُعاد المحاولة
designer-progress-refused = مرفوضة
designer-progress-what = الهاتف المغلق أو غير المتصل يجلب البطاقة عند عودته. لا يضيع شيء في الأثناء.
designer-progress-again = انظر مجددًا

designer-versions = النسخ
designer-version = النسخة
designer-versions-none = لم يُنشر شيء بعد. صمّم بطاقتك الأولى.
designer-current = مستخدمة
designer-look = اطّلع عليها
designer-again = استخدمها من جديد
designer-older = نسخ أقدم
designer-by-setup = أُعدّت مع البرنامج
designer-by-key = عبر واجهة API

designer-languages = اللغات
designer-languages-what = كل نصوص البرنامج وبطاقته. الناقص معلَّم، ومعه ما يراه القراء بدلًا منه.
designer-languages-edit = حرّر نصوص البطاقة
designer-text = النص
designer-missing = { $count ->
    [zero] لا ينقص شيء ({ $count })
    [one] ينقص نص واحد ({ $count })
    [two] ينقص نصان ({ $count })
    [few] تنقص { $count } نصوص
    [many] ينقص { $count } نصًا
   *[other] ينقص { $count } نص
}
designer-same = نفسه في كل اللغات
designer-gap = ناقص
designer-instead = بدلًا منه:
designer-of-program = البرنامج
designer-point-name = اسم النقاط
