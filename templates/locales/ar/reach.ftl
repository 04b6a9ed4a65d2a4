# من يراسلهم المتجر: الشرائح والحملات.
segments = الشرائح
segments-none = لا توجد شريحة بعد. حدّد المقصودين وعُدّهم، ثم احفظ الشريحة لتراسلهم.
segments-how = الأعضاء الذين تنطبق عليهم كل الشروط المملوءة. يُعاد السؤال كل مرة، فيدخلون ويخرجون من تلقاء أنفسهم.
segments-ready = ابدأ بشريحة جاهزة
segment-new = شريحة جديدة
segment-add = حفظ الشريحة
segment-count = عدّهم
segment-counted = كم عددهم الآن
segment-change = تعديل الشريحة
segment-change-how = الحملات الجارية تسأل الشريحة من جديد: من يخرج منها لا يصله شيء بعد ذلك.
segment-end-how = القواعد التي تسمّيها لا تمنح أحدًا شيئًا بعد ذلك. أما الحملات المجدولة فتستمر بما كانت تقوله.
segment-members = من فيها
segment-members-none = لا أحد حاليًا.
segment-members-more = أول 20؛ تعرضهم واجهة البرمجة جميعًا.
segment-write = راسلهم
segment-stages = موقعهم بحسب وتيرة شرائهم
segment-bought = ما اشتروه
segment-basket = ما كان في طلباتهم
segment-stands = ما لديهم
segment-known = ما يُعرف عنهم
segment-rfm = بين كل من اشترى خلال سنة
segment-orders-least = الطلبات، على الأقل
segment-orders-most = الطلبات، على الأكثر
segment-orders-days = خلال كم يوم (فارغ: في أي وقت)
segment-spend-least = أنفقوا، على الأقل
segment-spend-days = أنفقوه خلال كم يوم (فارغ: في أي وقت)
segment-away-least = آخر طلب قبل كم يوم أو أكثر
segment-away-most = آخر طلب قبل كم يوم أو أقل
segment-points-least = النقاط، على الأقل
segment-points-most = النقاط، على الأكثر
segment-joined-least = انضموا قبل كم يوم أو أكثر
segment-joined-most = انضموا قبل كم يوم أو أقل
segment-birthday-days = عيد ميلادهم خلال كم يوم
segment-invited-least = الأصدقاء القادمون برابطهم، على الأقل
segment-rfm-recency = حداثة الطلب: الخُمس من 1 إلى 5 (5: الأحدث)، على الأقل
segment-rfm-frequency = عدد الطلبات: الخُمس من 1 إلى 5 (5: الأكثر)، على الأقل
segment-rfm-money = ما أنفقوه: الخُمس من 1 إلى 5 (5: الأكثر)، على الأقل
segment-attribute = السمة، باسمها
segment-attribute-is = هي إحدى (بفواصل بينها)
segment-event = الحدث، بنوعه
segment-event-days = الحدث خلال كم يوم (فارغ: في أي وقت)
segment-category = اشتروا من إحدى هذه الفئات (بفواصل بينها)
segment-sku = اشتروا أحد هذه الأصناف، برقمه
segment-bought-least = كم طلبًا على الأقل
segment-bought-days = الشراء خلال كم يوم (فارغ: في أي وقت)
segment-lacks = لم يشتروا شيئًا من هذه الفئات
segment-lacks-days = لا شيء خلال كم يوم (فارغ: في أي وقت)
segment-tier = المستوى
segment-any = أيًّا كان
segment-wallet = المحفظة
segment-bad-number = أدخل عددًا صحيحًا لا يقل عن 0.
segment-bad-money = أدخل مبلغًا، مثل 12.50.
segment-bad-days = أدخل عدد الأيام عددًا صحيحًا، 3,660 على الأكثر.
segment-bad-birthday = أدخل من 0 إلى 365 يومًا.
segment-bad-fifth = أدخل من 1 إلى 5.
segment-bad-order = هذا أقل من الطرف الآخر، فلا ينطبق على أحد.
segment-bad-attribute = اذكر السمة وقيمها معًا.
segment-bad-event = اذكر الحدث الذي تخصه الأيام.
segment-bad-bought = اذكر ما الذي اشتُري، أو اترك هذا فارغًا.
segment-says-nothing = املأ حقلًا واحدًا على الأقل؛ ويمكن للحملة أيضًا أن تصل إلى الجميع.
segment-and = {" "}و
segment-or = {" "}أو{" "}
segment-not = ليس: {$what}
segment-line = {$what}: {$amount}
segment-least = {$least} على الأقل
segment-most = {$most} على الأكثر
segment-between = من {$least} إلى {$most}
segment-ago-least = قبل { $least ->
    [zero] {$least} يوم
    [one] يوم واحد
    [two] يومين
    [few] {$least} أيام
    [many] {$least} يومًا
   *[other] {$least} يوم
} أو أكثر
segment-ago-most = قبل { $most ->
    [zero] {$most} يوم
    [one] يوم واحد
    [two] يومين
    [few] {$most} أيام
    [many] {$most} يومًا
   *[other] {$most} يوم
} أو أقل
segment-ago-between = قبل {$least} إلى { $most ->
    [zero] {$most} يوم
    [one] يوم واحد
    [two] يومين
    [few] {$most} أيام
    [many] {$most} يومًا
   *[other] {$most} يوم
}
segment-orders = الطلبات
segment-visits = أيام الشراء
segment-spend = الإنفاق
segment-average = متوسط الطلب
segment-first-order = أول طلب
segment-last-order = آخر طلب
segment-joined = الانضمام
segment-fetched = آخر جلب للبطاقة
segment-points = النقاط
segment-stage = المرحلة
segment-rfm-recent = خُمس آخر طلب
segment-rfm-frequent = خُمس عدد الطلبات
segment-rfm-spent = خُمس الإنفاق
segment-bought-sku = طلبات فيها {$names}
segment-bought-category = طلبات من {$names}
segment-bought-channel = طلبات عبر {$names}
segment-bought-location = طلبات في {$names}
segment-invited = الأصدقاء القادمون
segment-was-invited = جاء برابط صديق
segment-was-not-invited = لم يأتِ برابط صديق
segment-reach = البطاقة
segment-birthday = عيد الميلاد خلال { $days ->
    [zero] {$days} يوم
    [one] يوم واحد
    [two] يومين
    [few] {$days} أيام
    [many] {$days} يومًا
   *[other] {$days} يوم
}
segment-agreed = وافق على {$purpose}
segment-not-agreed = لم يوافق على {$purpose}
stage-new = لم يشترِ بعد
stage-once = اشترى مرة
stage-repeat = يعود
stage-loyal = وفيّ
stage-at-risk = غائب أطول من المعتاد
stage-lapsed = لم يعد متوقعًا
reach-apple = في Apple Wallet
reach-google = في Google Wallet
reach-none = ليست في أي محفظة
reach-members = الأعضاء
reach-free = يمكن أن تصلهم رسالة الآن
reach-unreachable = البطاقة ليست في محفظة
reach-no-consent = لم يوافقوا على الأخبار
reach-capped = وصلهم ما يكفي مؤخرًا
ready-new = انضموا هذا الشهر
ready-once = اشتروا مرة
ready-loyal = الزبائن الأوفياء
ready-at-risk = زبائن معتادون غائبون
ready-lapsed = لاستعادتهم
ready-birthday = عيد ميلادهم هذا الأسبوع
ready-best = أفضل الزبائن
campaigns = الحملات
campaigns-none = لا توجد حملة بعد. اكتب رسالة، وانظر من تصل إليه، وأطلقها حين تكون جاهزة.
campaigns-more = أحدث 100؛ تعرضها واجهة البرمجة جميعًا.
campaign-new = حملة جديدة
campaign-write = كتابة حملة
campaign-calendar = التقويم
campaign-calendar-months = أشهر أخرى
campaign-calendar-none = لا شيء يُرسل أو ينتهي في هذا الشهر.
campaign-day-today = اليوم
campaign-day-sent = أُرسلت
campaign-day-sends = تُرسل
campaign-day-repeats-until = آخر تكرار
campaign-day-shown-until = آخر يوم على البطاقات
campaign-day-more = و{$number} غيرها؛ كلها في القائمة
campaign-draft = مسودة
campaign-awaiting = تنتظر الموافقة
campaign-asked = طلب {$name} الموافقة. لا يُرسل شيء قبلها.
campaign-asked-own = طلبتَ الموافقة. يعطيها أحد الزملاء، ولا يُرسل شيء قبلها.
campaign-refused = لم يوافق عليها {$name}: {$reason}
campaign-approval = الموافقة
campaign-approve = الموافقة عليها
campaign-refuse = إعادتها إلى المسودة
campaign-refuse-why = سبب الرفض
campaign-was-asked = تنتظر موافقة أحد الزملاء. لم يُرسل شيء بعد.
campaign-was-approved = تمت الموافقة عليها وهي في طريقها.
campaign-was-refused = عادت مسودة.
campaign-not-awaiting = لم تعد تنتظر الموافقة. افتح الصفحة من جديد.
campaign-bad-reason = اذكر السبب في 1 إلى 500 حرف.
campaign-scheduled = مجدولة
campaign-sending = في الطريق
campaign-paused = موقوفة مؤقتًا
campaign-done = انتهت
campaign-cancelled = أُنهيت
campaign-next = تبدأ {$time}
campaign-once-approved = تنطلق فور الموافقة عليها
campaign-planned = مقررة {$time}
campaign-shown = تبقى على البطاقات { $days ->
    [zero] {$days} يوم
    [one] يوم واحد
    [two] يومين
    [few] {$days} أيام
    [many] {$days} يومًا
   *[other] {$days} يوم
}
campaign-held = {$percent} من كل 100 لا يصلهم شيء، لمعرفة أثرها
campaign-everybody = الجميع
campaign-to = إلى من
campaign-to-how = الشريحة تصل إلى المعنيين. والأخبار الموجهة للجميع تُقرأ أقل في كل مرة.
campaign-topic = موضوعها: يجب أن يكون الأعضاء قد وافقوا عليه
campaign-text = ما تقوله البطاقة
campaign-text-how = حتى {$most} حرف في كل لغة. ويمكن أن تذكر
campaign-text-fallback = وحيث قد لا يملك العضو شيئًا، اكتب ما يحل محله:
campaign-friend = صديقنا
campaign-other = صيغة ثانية، لمعرفة أيهما أنجح
campaign-hold-out = من كل 100 عضو، لا يصل هذا العدد شيء
campaign-shown-days = أيام بقائها على البطاقات
campaign-shown-until = آخر يوم تظهر فيه (فارغ: لهذه الأيام)
campaign-until-day = تظهر حتى {$day}
campaign-gives-how = يصل إلى من تصلهم الحملة. تُتجاوز المكافأة التي نفدت أو التي بلغوا حدّها.
campaign-when = متى تنطلق
campaign-when-how = بتوقيت المتجر. فارغ: تطلقها بيدك.
campaign-day = اليوم الأول
campaign-time = الوقت
campaign-repeats = التكرار
campaign-once = أبدًا
campaign-daily = كل يوم
campaign-weekly = كل أسبوع
campaign-monthly = كل شهر
campaign-yearly = كل سنة
campaign-until = اليوم الأخير (فارغ: بلا نهاية)
campaign-keep = حفظ المسودة
campaign-edit = تعديل المسودة
campaign-saved = حُفظت المسودة. لم يُرسل شيء بعد.
campaign-tested = تعرضها البطاقة لمدة ساعة.
campaign-begun = انطلقت.
campaign-was-paused = أُوقفت مؤقتًا. من وصلته تبقى لديه.
campaign-was-resumed = استؤنفت.
campaign-was-cancelled = أُنهيت، وتُزال من البطاقات.
campaign-begun-before = انطلقت في هذه الأثناء، فلا يمكن تعديلها بعد الآن.
campaign-say-yes = ضع علامة في المربع لتؤكد قصدك. لم يُنفذ شيء.
campaign-reach = من ستصل إليه الآن
campaign-preview = كيف تُقرأ
campaign-preview-of = كما يقرؤها {$name}
campaign-preview-none = لا تعني أحدًا حاليًا.
campaign-card = رمز البطاقة
campaign-card-unknown = لا توجد بطاقة بهذا الرمز. تجده أسفل الرمز على البطاقة.
campaign-preview-show = عرضها لهذه البطاقة
campaign-test = جرّبها على هذه البطاقة
campaign-wording = الصيغة {$number}
campaign-begin = أطلقها
campaign-begin-now = أرسلها الآن
campaign-begin-plan = أرسلها كما هو مقرر
campaign-sure-all = نعم، إلى الجميع.
campaign-pause = إيقاف مؤقت
campaign-resume = استئناف
campaign-cancel = إنهاؤها
campaign-cancel-how = لن تصل أحدًا آخر، وتُزال من البطاقات التي تعرضها. ولا يمكن التراجع عن ذلك.
campaign-sure-end = نعم، أنهِها.
campaign-how-far = إلى أين وصلت
campaign-progress = نُظر في {$looked} من {$all} بطاقة، بقي نحو { $minutes ->
    [zero] {$minutes} دقيقة
    [one] دقيقة
    [two] دقيقتين
    [few] {$minutes} دقائق
    [many] {$minutes} دقيقة
   *[other] {$minutes} دقيقة
}
campaign-sent = وصلتهم
campaign-held-out = مستبعدون للمقارنة
reach-held-out = نحو هذا العدد مستبعد للمقارنة
campaign-did = ما فعلوه خلال 14 يومًا
campaign-group = من
campaign-members = الأعضاء
campaign-told = أُبلغت المحفظة
campaign-fetched = جلبها الهاتف
campaign-removed = أُزيلت البطاقة بعدها
campaign-buyers = اشتروا
campaign-orders = الطلبات
campaign-money = أنفقوا
campaign-did-how = تخبرنا المحافظ بأن البطاقة استُلمت لا بأنها قُرئت. وإنفاق المستبعدين يبيّن ما كان سيأتي على أي حال.
campaign-uplift-more = اشترى أكثر بمقدار {$points} نقطة مئوية من المستبعدين (95 مرة من 100 بين {$low} و{$high}).
campaign-uplift-less = اشترى أقل من المستبعدين: {$points} نقطة مئوية (95 مرة من 100 بين {$low} و{$high}).
campaign-uplift-unsure = قليلون أو متشابهون لدرجة لا تسمح بالحكم على أثرها: {$points} نقطة مئوية، 95 مرة من 100 بين {$low} و{$high}.
campaign-bad-text = اكتب من 1 إلى 300 حرف بلغة واحدة على الأقل.
campaign-bad-brace = قوس معقوف بلا زوج. الأقواس تحمل أسماءً من القائمة أدناه.
campaign-bad-name = اسم بين القوسين ليس في القائمة أدناه.
campaign-no-fallback = لا يملكه كل عضو. اذكر البديل كما في التلميح.
campaign-no-place = لا يوجد في البطاقة المنشورة حقل للرسائل. أضف إلى ظهرها حقلًا بقيمة message في المصمم وانشرها.
campaign-bad-hold-out = أدخل من 0 إلى 50.
campaign-bad-shown = أدخل من 1 إلى 365 يومًا.
campaign-bad-shown-until = اذكر يومًا لم يمضِ، لما يُرسل مرة واحدة.
campaign-bad-past = مضى هذا الوقت. اختر وقتًا لاحقًا أو أرسلها الآن.
campaign-bad-day = أدخل يومًا ووقتًا مثل 2026-12-01 و09:00.
campaign-bad-until = اذكر يومًا أخيرًا فقط إن كانت تتكرر، وألا يسبق الأول.

lists = القوائم
lists-what = تضم القائمة أعضاء تسمّيهم واحدًا واحدًا. تطلبها الشرائح باسمها، ولا يتغير من فيها إلا بملف جديد.
lists-none = لا توجد قائمة بعد.
lists-new = قائمة جديدة
lists-add = أضف القائمة
lists-columns = أحد الأعمدة هو البريد الإلكتروني أو رقم الهاتف أو رقم البطاقة أو معرّفك الخاص.
lists-on = الأعضاء في القائمة
lists-rows = صفوف الملف
lists-twice = صفوف عن شخص ذُكر من قبل
lists-unfound = صفوف لم تضف أحدًا
lists-first = أول 100
lists-typed = ما فيه
lists-why = السبب
lists-why-empty = ليس فيه بريد إلكتروني ولا رقم هاتف ولا رقم بطاقة ولا معرّف.
lists-why-unreadable = لا يمكن قراءة ما فيه. راجع البريد الإلكتروني أو رمز البلد.
lists-why-no-member = لا يملكه أي عضو لديه بطاقة.
lists-no-identity = لا يوجد عمود للبريد الإلكتروني أو رقم الهاتف أو رقم البطاقة أو المعرّف. سمِّ أحد الأعمدة كذلك ثم أحضر الملف من جديد.
lists-replace-by = ملف بكل من يجب أن يكونوا فيها بدلًا من الحاليين
lists-replace = استبدل من فيها
lists-end = احذف القائمة
lists-gone = حُذفت القائمة.
lists-named = تسمّي شريحةٌ هذه القائمة. غيّر تلك الشريحة أو أزلها أولًا.
lists-full = توجد 100 قائمة وهو الحد الأقصى. احذف واحدة أولًا.
lists-named-twice = توجد قائمة أخرى بهذا الاسم. اختر اسمًا آخر، أو أحضر الملف إلى تلك القائمة.
lists-ask = شريحة منها
segment-list = في القائمة
segment-on-list = في القائمة {$names}
