# The console's members: found, looked after, joined, and why their phones did or did not change.

members-title = الأعضاء
members-joined = انضم في
members-moment = { $date }، { $clock }
members-search = ابحث عن عضو
members-search-hint = بداية الاسم، أو البريد الإلكتروني، أو رقم الهاتف، أو رقم البطاقة أو رمزها.
members-search-do = بحث
members-since = انضموا منذ
members-state = فقط
members-state-all = الجميع
members-state-phone = البطاقة على هاتف
members-state-blocked = المحظورون
members-order = الترتيب
members-order-newest = الأحدث أولًا
members-order-oldest = الأقدم أولًا
members-show = عرض
members-show-all = عرض كل الأعضاء
members-cut = يحمل هذا الاسم كثيرون، فلا يظهرون جميعًا. اكتب المزيد منه.
members-none-found = لم يُعثر على أحد. راجع ما كتبته، أو ابحث بشيء آخر.
members-first = إلى البداية
members-next = الصفحة التالية
members-chip-blocked = محظور

members-pending = { $points } في الطريق
members-survivor = دُمج مع عضو يمثّل الاثنين:
members-blocked-since = محظور منذ { $date }، لا يكسب ولا يستبدل شيئًا:
members-card-voided = البطاقة ملغاة. لا يقبلها الصندوق.
members-note = ملاحظة:
members-known-by = يُعرف بـ
members-known-none = لا شيء يدل على هذا العضو سوى البطاقة.
members-email = بريد إلكتروني
members-phone = هاتف
members-card-number = رقم بطاقة
members-external-id = معرّف المتجر
members-agreed = ما وافق عليه
members-agreed-none = لم يُسأل عن شيء بعد.
members-news = الأخبار والعروض
members-source-join = عند الانضمام
members-source-page = في صفحته الخاصة
members-source-other = عبر { $source }

members-points = إعطاء نقاط أو أخذها
members-points-way = ماذا تريد أن تفعل؟
members-points-give = إعطاء نقاط
members-points-take = أخذ نقاط
members-points-number = كم عددها
members-points-do = نفّذ
members-reason = لماذا؟ يُحفظ السبب في السجلات.
members-about = تغيير الاسم واللغة والملاحظة
members-language = لغة البطاقة
members-note-for-staff = ملاحظة للموظفين
members-save = حفظ
members-block = حظر
members-block-what = العضو المحظور لا يكسب ولا يستبدل شيئًا. يمكنك رفع الحظر في أي وقت.
members-block-do = حظر
members-unblock = رفع الحظر
members-export = تنزيل كل البيانات
members-undo = تراجع
members-can-part = دُمج { $name } مع هذا العضو. يمكن فصلهما حتى { $date }.
members-part = فصلهما

members-happened = ما حدث
members-happened-none = لم يحدث شيء من هذا النوع بعد.
members-sort-all = الكل
members-sort-points = النقاط
members-sort-orders = الطلبات
members-sort-rewards = المكافآت
members-sort-phones = الهواتف
members-sort-deeds = الإجراءات
members-newest = إلى الأحدث
members-older = الأقدم
members-undone = أُلغي
members-purchase = طلب · { $money }
members-earned-nothing = لم يكسب نقاطًا.
members-reward-issued = حصل على: { $reward }
members-reward-held = لم تُسلَّم بعد.
members-reward-completed = سُلّمت: { $reward }
members-reward-cancelled = أُعيدت: { $reward }
members-reward-expired = لم تُستعمل في وقتها: { $reward }
members-warned = نبّهت البطاقة إلى انتهاء { $points }
members-told-apple = أُبلغت الهواتف بأن البطاقة تغيّرت
members-told-google = سُلّمت أحدث بطاقة إلى Google Wallet
members-fetched = جلب هاتف أحدث بطاقة
members-complained = أبلغ هاتف عن مشكلة
members-joined-with = دُمج مع { $name }
members-parted-from = فُصل عن { $name }
members-by-customer = من العضو نفسه
members-deed-enrol = انضم إلى البرنامج
members-deed-change = تغيّرت البيانات
members-deed-add-identity = أُضيف بريد أو هاتف أو رقم
members-deed-remove-identity = أُزيل بريد أو هاتف أو رقم
members-deed-consent = أُعطيت موافقة أو سُحبت
members-deed-block = حُظر
members-deed-unblock = رُفع الحظر
members-deed-export = نُزّلت كل البيانات
members-deed-search = عُثر عليه بالبحث
members-deed-link = أُنشئ رابط جديد للبطاقة
members-deed-push = طُلب إبلاغ الهواتف من جديد
members-deed-void = أُلغيت البطاقة
members-deed-replace = حصلت البطاقة على رمز جديد
members-deed-register = أضاف هاتف البطاقة
members-deed-unregister = أزال هاتف البطاقة
members-deed-other = سُجّل: { $deed }

members-card = البطاقة والرابط
members-link = صفحة البطاقة
members-link-what = من لديه هذا الرابط يرى البطاقة ويمكنه إضافتها إلى هاتف. لا تعطه لغير العضو.
members-link-qr = يمسح العضو هذا الرمز بهاتفه.
members-push = إبلاغ الهواتف من جديد
members-push-what = تجلب الهواتف البطاقة من جديد. لا يتغير شيء عليها.
members-push-there = إبلاغ الهواتف من جديد…
members-relink = إنشاء رابط جديد
members-relink-what = تتوقف كل الروابط السابقة. تبقى البطاقات على الهواتف كما هي.
members-relink-do = إنشاء رابط جديد
members-replace = استبدال بطاقة مفقودة
members-replace-what = تحصل البطاقة على رمز جديد، وتبقى النقاط والمكافآت. يرفض الصندوق الرمز القديم من الآن، وتتوقف الروابط السابقة. لا يمكن التراجع عن ذلك.
members-replace-do = استبدال البطاقة
members-void = إلغاء البطاقة
members-void-what = تظهر على الهواتف ملغاة، ويرفضها الصندوق نهائيًا. لا يمكن التراجع عن ذلك.
members-void-do = إلغاء البطاقة
members-type = للمتابعة اكتب { $word } أو رمز البطاقة.
members-type-wrong = ليس هذا هو المطلوب. اكتب { $word } أو رمز البطاقة.

members-merge = الدمج مع عضو آخر
members-merge-what = هل سُجّل شخص مرتين؟ ابحث عن الآخر: تنتقل نقاطه ومكافآته وما يدل عليه إلى { $name }.
members-merge-after = النتيجة
members-merge-both = معًا
members-merge-balance = النقاط
members-merge-pending = نقاط في الطريق
members-merge-orders = الطلبات
members-merge-rewards = { $count ->
    [zero] لا تنتقل مكافآت.
    [one] تنتقل معه مكافأة واحدة.
    [two] تنتقل معه مكافأتان.
    [few] تنتقل معه { $count } مكافآت.
    [many] تنتقل معه { $count } مكافأة.
   *[other] تنتقل معه { $count } مكافأة.
}
members-merge-clashes = لدى الاثنين هذه القيم، وتبقى الأولى:
members-merge-until = يمكنك فصلهما حتى { $date }.
members-merge-reason = لماذا؟ يمكنك تركه فارغًا.
members-merge-do = دمج
members-merge-another = اختيار شخص آخر

members-phones = الهواتف
members-phones-why = لماذا لم يتغير هذا الهاتف؟
members-no-pass = لا توجد بطاقة لأي محفظة بعد. تُنشأ عندما يفتح أحدهم صفحة البطاقة.
members-wallet-apple = Apple Wallet
members-wallet-google = Google Wallet
members-verdict-current = لدى الهاتف أحدث بطاقة.
    .next = إن كان يعرض شيئًا آخر، فافتح البطاقة في Wallet واسحبها إلى الأسفل مرة.
members-verdict-google-current = لدى Google Wallet أحدث بطاقة.
    .next = إن كان الهاتف يعرض شيئًا آخر فهو بلا اتصال، وستصله البطاقة من Google متى اتصل.
members-verdict-no-phone = البطاقة ليست على أي هاتف.
    .next = لم تُضف قط، أو أُزيلت، أو أُوقفت تحديثاتها التلقائية. أرسل إلى العضو رابط البطاقة.
members-verdict-soon = سيُرسل إشعار بعد لحظات.
    .next = انظر مرة أخرى بعد دقيقة.
members-verdict-given-up = أُبلغ الهاتف بالقدر المسموح به ولم يجلب شيئًا.
    .next = اطلب من العضو أن يفتح البطاقة في Wallet، أو أبلغ الهواتف من جديد.
members-verdict-google-none = ليست لدى Google Wallet أحدث بطاقة.
    .next = أبلغ الهواتف من جديد. إن لم يُجدِ ذلك، يضيف العضو البطاقة من رابطها مرة أخرى.
members-verdict-told = { $count ->
    [zero] لم يُبلَّغ الهاتف بعد.
    [one] أُبلغ الهاتف مرة واحدة ولم يجلب البطاقة بعد.
    [two] أُبلغ الهاتف مرتين ولم يجلب البطاقة بعد.
    [few] أُبلغ الهاتف { $count } مرات ولم يجلب البطاقة بعد.
    [many] أُبلغ الهاتف { $count } مرة ولم يجلب البطاقة بعد.
   *[other] أُبلغ الهاتف { $count } مرة ولم يجلب البطاقة بعد.
}
members-verdict-refused = رفضت خدمة المحفظة البطاقة: { $error }
members-verdict-failing = فشل الإشعار الأخير: { $error }. المحاولة التالية في { $time }.
members-next-told = قد يكون مطفأ أو بلا اتصال. يجلب البطاقة متى استطاع.
members-next-refused = اعرض هذه الجملة على من يشغّل Billfold؛ الأمر `billfold doctor` يفحص الشهادات والمفاتيح.
members-next-failing = لا حاجة إلى فعل شيء: تتكرر المحاولة حتى تنجح. إن بقي الأمر ساعة، فالأمر `billfold doctor` يوضح أكثر.
members-fact-told = أُبلغ آخر مرة في { $time } بأحدث تغيير.
members-fact-told-before = أُبلغ آخر مرة في { $time }. التغييرات منذ ذلك الحين: { $behind }.
members-fact-never-told = لم يُبلَّغ بأي تغيير قط.
members-fact-fetched = جُلبت آخر مرة في { $time }: أحدث بطاقة.
members-fact-fetched-before = جُلبت آخر مرة في { $time }. التغييرات منذ ذلك الحين: { $behind }.
members-fact-never-fetched = لم تُجلب قط.
members-fact-due = الإشعار التالي في { $time }. الإشعارات التي لم يتبعها جلب حتى الآن: { $pushes }.
members-fact-reminder = إن لم يُجلب شيء، يُذكَّر في { $time }. الإشعارات التي لم يتبعها جلب حتى الآن: { $pushes }.
members-phone-told = البطاقة على هاتف منذ { $time }. أُبلغ بأحدث تغيير.
members-phone-not-told = البطاقة على هاتف منذ { $time }. لم يُبلَّغ بعد بأحدث تغيير.
members-log = ما أبلغت عنه الهواتف
members-log-about = عدد البلاغات التي تُحفظ من آخرها: { $count }.

members-erase = حذف
members-erase-what = يُحذف الاسم والبريد والهاتف والملاحظة وكل ما يدل على الشخص، وتُلغى البطاقة بما عليها من نقاط. لا يمكن التراجع عن ذلك.
members-erase-stays = يبقى: سجل النقاط والطلبات بلا اسم، وأن الحذف حدث ومتى وعلى يد من.
members-export-first = تنزيل كل البيانات أولًا
members-erase-do = حذف نهائي
members-erase-not = إبقاء العضو

members-done-moved = تم. تعرضه الهواتف بعد لحظات.
members-done-reversed = تم التراجع.
members-done-saved = تم الحفظ. تعرضه الهواتف بعد لحظات.
members-done-blocked = حُظر العضو.
members-done-unblocked = رُفع الحظر عن العضو.
members-done-merged = تم الدمج. يمكنك فصلهما هنا.
members-done-parted = تم الفصل.
members-done-pushed = تُبلَّغ الهواتف من جديد.
members-done-linked = هناك رابط جديد. توقفت كل الروابط السابقة.
members-done-replaced = للبطاقة رمز جديد. تعرضه الهواتف بعد لحظات.
members-done-voided = أُلغيت البطاقة.
members-done-erased = حُذف العضو.

members-fault-day = هذا ليس تاريخًا. اكتبه مثل 2026-11-22.
members-fault-number = اكتب عددًا صحيحًا أكبر من صفر، مثل 25.
members-fault-no-reason = اذكر السبب في كلمات قليلة.
members-fault-long-reason = السبب طويل جدًا. الحد الأقصى 500 حرف.
members-fault-note = الملاحظة طويلة جدًا. الحد الأقصى 2,000 حرف.
members-fault-points = على البطاقة نقاط أقل من ذلك.
members-fault-voided = البطاقة ملغاة، فلا يمكن فعل ذلك.
members-fault-blocked = أحدهما محظور. ارفع الحظر أولًا.
members-fault-merged = دُمج هذا العضو مع آخر يمثّل الاثنين. افتح صفحة ذلك العضو.
members-fault-reversed = أُلغي من قبل.
members-fault-own = هذه بطاقتك أنت. اطلب من زميل أن يفعل ذلك.
members-fault-too-old = انتهى الوقت الذي يمكن فيه فصلهما.
members-fault-not-last = دُمج شخص آخر منذ ذلك الحين. افصله أولًا.
members-fault-forgotten = حُذف أحدهما، فلا يمكن فصلهما.
members-fault-replaced = حصلت البطاقة على رمز جديد في هذه الأثناء. راجعها.
members-fault-other = لم يتم ذلك: { $detail }
