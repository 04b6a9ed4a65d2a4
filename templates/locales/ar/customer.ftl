### The customers' pages.

# The points of shops that did not name theirs.
points =
    { $count ->
        [zero] نقطة
        [one] نقطة
        [two] نقطتان
        [few] نقاط
        [many] نقطة
       *[other] نقطة
    }

# Where the language can be changed.
languages = اللغة

# The page where customers enrol.
join-title = انضم إلى { $program }
join-bonus = { $points } هدية ترحيب
join-no-bonus = بطاقة { $program } على هاتفك
join-earning = كل { $money } تنفقها تمنحك { $points }.
join-no-app = البطاقة في محفظة هاتفك. لا تطبيق ولا كلمة مرور.
join-card = هكذا ستبدو بطاقتك في { $program }
join-first-name = الاسم الأول
join-contact = البريد الإلكتروني أو الهاتف
join-optional = اختياري
join-contact-hint = به نجد بطاقتك من جديد إذا غيّرت هاتفك.
join-submit = احصل على بطاقتي
join-sample-name = اسمك
join-invited = تنضم بدعوة من صديق.
join-not-invited = لا نعرف هذه الدعوة. يمكنك الحصول على بطاقتك رغم ذلك.
join-with-receipt = إيصالك يأتي معك: ستكون نقاطه على بطاقتك.

# The poster for the counter, and the page that prints it.
poster-title = ملصق { $program }
poster-how = اطبع هذه الصفحة بمقياس 100%، أو اختر «حفظ بصيغة PDF» في نافذة الطباعة. اطوِ حامل الطاولة عند الخط المتقطع.
poster-size = المقاس
poster-tent = حامل طاولة
poster-download = نزّله بصيغة SVG
poster-scan = وجّه كاميرا هاتفك إلى الرمز
poster-name = اكتب اسمك الأول
poster-keep = احفظ البطاقة في محفظة هاتفك

# The page where a receipt is claimed.
claim-paid = { $program } · { $money }
claim-worth = { $points } مقابل إيصالك
claim-no-worth = أضف إيصالك إلى بطاقتك
claim-until = أضفه قبل نهاية { $date }. كل إيصال يُحتسب مرة واحدة.
claim-code = رقم البطاقة
claim-code-hint = تجده تحت الرمز على بطاقتك.
claim-submit = أضفه إلى بطاقتي
claim-no-card = ليست لديك بطاقة بعد؟
claim-join = احصل على بطاقتي معه
claim-bad-code = لا نعرف رقم البطاقة هذا. انظر إلى بطاقتك واكتبه من جديد.
claim-closed-card = لا يمكن لهذه البطاقة أن تجمع الآن. اسأل المتجر.
claim-done = أُضيفت { $points } إلى بطاقتك
claim-done-next = ستظهر على البطاقة في هاتفك بعد لحظات.
here-earned = { $points } مقابل تسجيل حضورك
here-promised = { $points } في الطريق إليك
here-done = تم تسجيل حضورك
here-again = سبق تسجيل حضورك اليوم
here-now = لديك الآن { $points }.
here-closed = هذه البطاقة لا تجمع شيئًا حاليًا
    .next = اسأل أحد العاملين.
here-unknown = سجّل حضورك ببطاقتك
    .next = لم يفتح هذا الهاتف صفحة بطاقتك بعد.
here-over = هذا ليس رمز اليوم
    .next = يتجدد الرمز كل يوم. امسح الرمز المعروض الآن.
here-card = لديك بطاقة
here-card-how = افتحها في محفظة هاتفك واقلبها واضغط الرابط إلى صفحتك. ثم امسح الرمز مجددًا.
here-no-card = ليست لديك بطاقة بعد
here-join = احصل على بطاقة
here-own = افتح صفحتي
here-step-scan = وجّه كاميرا هاتفك إلى الرمز
here-step-card = هاتفك يعرف بطاقتك
here-step-points = تم تسجيل حضورك
here-foot = رمز جديد كل يوم. من دون تطبيق.
here-poster = سجّل حضورك
here-poster-points = { $points } مقابل تسجيل حضورك
here-poster-day = صالح يوم { $date }
claim-taken = هذا الإيصال على بطاقة بالفعل
    .next = كل إيصال يُحتسب مرة واحدة. إن لم تكن أنت من أضافه فاسأل المتجر.
claim-expired = انتهت مدة هذا الإيصال
    .next = لم يُضف في الوقت المحدد. أظهر بطاقتك عند الدفع في المرة القادمة.
claim-voided = هذا الإيصال لم يعد صالحًا
    .next = أُلغيت عملية الشراء. إن كان ذلك خطأ فاسأل المتجر.

# What is said at a field.
field-fault = راجع الحقل المحدَّد من فضلك.
field-no-name = اكتب اسمك الأول ليظهر على البطاقة.
field-bad-name = الاسم أطول مما تتسع له البطاقة. اكتب 200 حرف على الأكثر.
field-bad-contact = اكتب بريدًا إلكترونيًا مثل ⁨name@example.com⁩ أو رقم هاتف مثل ⁨‎+966 50 123 4567⁩.
field-bad-email = البريد الإلكتروني غير مكتمل. شكله ⁨name@example.com⁩.
field-bad-phone = ابدأ رقم الهاتف برمز البلد، مثل ⁨‎+966 50 123 4567⁩.

# The page of a card.
card-title = بطاقة { $program }
card-balance = رصيدك
card-picture = { $program }: بطاقة فيها { $points }
card-code = رقم البطاقة
card-show = أظهر الرمز عند الدفع.
card-voided = أُغلقت هذه البطاقة. اطلب من المتجر بطاقة جديدة.
card-entries = أحدث الحركات
card-no-entries = سيظهر هنا ما تجمعه بعد طلبك الأول.

# A member's own page.
member-open = نقاطي ومكافآتي
member-hello = مرحبًا { $name }
member-hello-nameless = مرحبًا
member-pending = في الطريق إليك: { $points }.
member-expiring = استخدم { $points } قبل نهاية { $date }.
member-held = جاهزة للاستخدام
member-held-until = حتى { $date }
member-held-show = أظهر الرمز
member-download = افتح الملف
member-rewards = مكافآت يمكنك الحصول عليها الآن
member-no-rewards = لا شيء للاختيار بعد. كل زيارة تقرّبك أكثر.
member-next-reward = التالي: { $reward }. يتبقى { $points }.
member-free = مجانًا
member-left =
    { $count ->
        [zero] نفدت
        [one] بقيت واحدة
        [two] بقيت اثنتان
        [few] بقيت { $count }
        [many] بقيت { $count }
       *[other] بقيت { $count }
    }
member-at-till = عند الصندوق: أظهر بطاقتك هناك واطلبها.
member-redeem = استبدل
member-tier = فئتك: { $tier }
member-tier-until = لك حتى { $date } على الأقل.
member-tier-next = يتبقى { $missing } إلى { $tier }
member-tier-top = أنت في أعلى فئة.
member-visits =
    { $count ->
        [zero] لا زيارات
        [one] زيارة واحدة
        [two] زيارتان
        [few] { $count } زيارات
        [many] { $count } زيارة
       *[other] { $count } زيارة
    }
member-challenges = التحديات
member-challenge-done = { $done } من { $goal }
member-challenge-until = { $done } من { $goal } · حتى { $date }
member-challenge-won = اكتمل
member-prize = يمنحك { $prize }
member-invite = ادعُ صديقًا
member-invite-both = يحصل صديقك على { $friend }، وتحصل أنت على { $own } بعد أول عملية شراء له.
member-invite-friend = يحصل صديقك على { $friend } بعد أول عملية شراء له.
member-invite-own = تحصل على { $own } بعد أول عملية شراء لصديقك.
member-invite-how = أرسل إليه هذا الرابط:
member-moved = أحدث الحركات
member-to-card = بطاقتي
member-confirm-title = استبدال { $reward }؟
member-confirm-cost = تُخصم { $points } من رصيدك الآن.
member-confirm-free = لا تكلفك شيئًا.
member-confirm-how = ستحصل على رمز صالح لمرة واحدة. أظهره عند الصندوق.
member-confirm-back = يمكنك إعادتها ما دامت لم تُستخدم.
member-confirm = نعم، أعطني الرمز
member-back = رجوع
member-code-title = رمزك للمكافأة: { $reward }
member-code-say = أظهر هذا عند الصندوق وقل: «لدي مكافأة أستلمها».
member-code-until = صالح حتى { $date }.
member-cancel = أعِدها
member-cancel-points = تعود { $points } إلى رصيدك.
member-cancel-free = تُزال من بطاقتك.
member-given-back = أُعيدت المكافأة، ورصيدك كما كان.
member-gone = استُخدمت هذه المكافأة أو أُعيدت أو انتهت مدتها. لم يتغير شيء.
member-no-points = لم يعد رصيدك يكفي لها. لم يتغير شيء.
member-sold-out = نفدت آخر واحدة. لم يُخصم شيء من رصيدك.
member-not-now = لا يمكن الحصول عليها الآن. لم يُخصم شيء من رصيدك.
member-limit = حصلت منها على كل ما هو مخصص لك. لم يُخصم شيء من رصيدك.
member-blocked = لا يمكن استخدام هذه البطاقة الآن. اسأل المتجر.
member-over = بقيت هذه الصفحة مفتوحة نصف ساعة
    .next = أُغلقت حفاظًا على نقاطك. افتحها من جديد من بطاقتك: في محفظة هاتفك أو من صفحة البطاقة.
member-over-open = افتح بطاقتي

# The member's settings: what the shop may do, what it knows, and how that ends.
settings-open = الإعدادات وبياناتي
settings-title = الإعدادات وبياناتي
settings-own = عنك
settings-last-name = اسم العائلة
settings-language = لغة بطاقتك
settings-language-own = كما هي: { $language }
settings-save = احفظ
settings-contacts = كيف نجد بطاقتك من جديد
settings-contacts-why = إذا فقدت هاتفك، يجد المتجر بطاقتك بأحد هذه.
settings-no-contact = لا يوجد شيء بعد. من دونه تضيع البطاقة المفقودة.
settings-remove = أزِل
settings-contact = بريد إلكتروني أو هاتف آخر
settings-add = أضِف
settings-news = الأخبار والعروض
settings-news-on = تصلك الأخبار والعروض.
settings-news-off = لا تصلك أخبار ولا عروض.
settings-news-stop = لا ترسلوا لي شيئًا بعد الآن
settings-news-give = أوافق
settings-notices = الإشعارات
settings-notices-on = يخبرك هاتفك عندما تتغير بطاقتك، مثلًا بعد الدفع.
settings-notices-stop = غيّروا بطاقتي بصمت
settings-notices-off = تتغير بطاقتك دون إشعار على هاتفك.
settings-notices-give = أخبروني من جديد
settings-other = وافقت على: { $purpose }
settings-other-stop = أسحب موافقتي
settings-agreed = ما وافقت عليه ومتى
settings-agreed-none = لم يُطلب منك شيء.
settings-agreed-yes = نعم
settings-agreed-no = لا
settings-agreed-words = كان النص:
settings-agreed-no-words = لم يُحفظ النص الذي عُرض حينها.
settings-source-join = عند الانضمام
settings-source-page = في هذه الصفحة
settings-source-shop = عن طريق المتجر
settings-export = بياناتك
settings-export-what = ملف فيه كل ما هو محفوظ عنك: ما أخبرتنا به وبطاقتك ومشترياتك ونقاطك. يقرؤه الناس والبرامج (JSON).
settings-export-button = نزّل بياناتي
settings-delete = المغادرة ومحو بياناتك
settings-delete-what = تنتهي بطاقتك، ومعها نقاطك.
settings-delete-button = احذف بياناتي…
settings-done-saved = تم الحفظ. ستظهر التغييرات على بطاقتك بعد لحظات.
settings-done-added = تمت الإضافة. يمكن إيجاد بطاقتك بها الآن.
settings-done-removed = تمت الإزالة.
settings-done-given = شكرًا لك. ستصلك الأخبار والعروض من الآن.
settings-done-stopped = سجّلنا ذلك. لن يصلك شيء من هذا النوع بعد الآن.
settings-done-quiet = من الآن تتغير بطاقتك بصمت.
settings-done-heard = سيخبرك هاتفك من جديد عندما تتغير بطاقتك.
settings-not-gone = لم يعد هذا موجودًا. لم يتغير شيء.
settings-taken = هذا يقود إلى بطاقة أخرى. إن كانت لك أيضًا فاسأل المتجر، إذ يمكنه دمج البطاقتين.
settings-full = يوجد منها الكثير. أزِل واحدًا أولًا.

# Consents: what was agreed to stays as it was. Another wording gets another number.
consent-marketing-1 = أرسلوا لي الأخبار والعروض. يمكنني إيقافها في أي وقت.

# The question before everything is deleted.
delete-title = هل تريد حذف بياناتك؟
delete-goes = ما يُحذف
delete-goes-what = اسمك وبريدك وهاتفك وتاريخ ميلادك، وما دوّنه المتجر عنك، وبطاقتك بنقاطها ومكافآتها. لا يمكن لأحد استعادتها.
delete-stays = ما يبقى ولماذا
delete-stays-books = مبالغ المشتريات والنقاط وتواريخها من دونك: على المتجر أن يحفظ دفاتره. لا شيء فيها يقود إليك.
delete-stays-consents = أن أحدًا وافق أو رفض، ومتى، من دون ذكر من هو: ليستطيع المتجر أن يثبت أنه سأل.
delete-stays-gifts = بطاقة الهدايا المدفوعة. احتفظ برمزها، فمن معه الرمز يستطيع إنفاقها.
delete-first = أتريد بياناتك أولًا؟ نزّلها قبل أن تتابع.
delete-word = حذف
delete-type = للمتابعة اكتب «{ $word }»
delete-wrong = اكتب «{ $word }» فقط. لم يُحذف شيء.
delete-button = احذف نهائيًا
delete-done = حُذفت بياناتك
    .next = ستصبح البطاقة في هاتفك لاغية بعد لحظات، ويمكنك إزالتها منه. شكرًا لأنك كنت معنا.

# The ways into a wallet.
wallet-apple = أضف إلى Apple Wallet
wallet-google = أضف إلى Google Wallet
wallet-none = المحفظة غير جاهزة بعد. احتفظ بهذه الصفحة، فرمزها صالح عند الدفع.
wallet-on-phone = على هاتفك
wallet-on-phone-how = وجّه كاميرا هاتفك إلى هنا لتفتح البطاقة عليه.
wallet-waiting = نجهّز بطاقتك
wallet-waiting-why = تأخرت محفظة Google قليلًا. ستعيد هذه الصفحة المحاولة وحدها.
wallet-try-again = أعد المحاولة الآن

# What the movements of points are called.
entry-welcome = هدية ترحيب
entry-earn = طلب
entry-promotion = إضافي
entry-redeem = مكافأة
entry-refund = استرداد
entry-expire = انتهت صلاحيتها
entry-transfer = تحويل
entry-import = رصيد منقول
entry-adjust = تصحيح

# What happened, and what can be done.
fault-no-program = لا توجد بطاقة بهذا العنوان
    .next = ربما كُتب العنوان خطأ. امسح الرمز عند الصندوق مرة أخرى أو اسأل المتجر.
fault-no-card = لم يعد هذا الرابط يعمل
    .next = ربما استُبدل أو كُتب خطأ. انضم مرة أخرى بالبريد أو الهاتف نفسه لتجد بطاقتك، أو اسأل المتجر.
fault-no-receipt = لا نعرف هذا الإيصال
    .next = ربما كُتب العنوان خطأ. امسح الرمز الذي على الإيصال من جديد أو اسأل المتجر.
fault-no-page = لا شيء في هذا العنوان
    .next = ربما كُتب خطأ. ارجع، أو امسح الرمز عند الصندوق مرة أخرى.
fault-bad-address = في هذا العنوان ما لا نعرفه
    .next = راجع ما يلي علامة السؤال، أو افتح الصفحة من جديد من حيث أتيت.
fault-no-link = هذا الرابط لا يعمل
    .next = ربما وصل ناقصًا. افتحه من حيث حصلت عليه أو اسأل المتجر.
fault-link-over = انتهت مدة هذا الرابط
    .next = يعمل لأيام قليلة ويُفتح مرات معدودة. اطلب من المتجر رابطًا آخر.
fault-wrong-role = صلاحيتك لا تسمح بهذا
    .next = اسأل المدير أو ادخل باسم من يُسمح له.
fault-old-form = هذه الصفحة من زيارة سابقة
    .next = افتحها من جديد وأرسلها مرة أخرى.
fault-cross-site = جاء النموذج من موقع آخر
    .next = لم نقبله حفاظًا على أمانك. افتح صفحة الانضمام نفسها وأرسله منها.
fault-voided = أُغلقت هذه البطاقة
    .next = لا يمكن إضافة شيء إليها. اطلب من المتجر بطاقة جديدة.
fault-no-wallet = هذه المحفظة غير جاهزة هنا
    .next = لم يُعدّها المتجر بعد. ارجع، فالرمز في صفحة بطاقتك صالح عند الدفع.
fault-not-understood = لم يصل النموذج كاملًا
    .next = ارجع وتحقق مما كتبت ثم أرسله مرة أخرى.
fault-too-many = محاولات كثيرة من هنا
    .next = انضم كثيرون من هذه الشبكة قبل قليل. لم يضع شيء.
fault-unavailable = ليس الآن
    .next = لا يمكن تنفيذ ذلك في هذه اللحظة. لم يضع شيء، حاول بعد قليل.
fault-internal = حدث خطأ من جهتنا
    .next = لم يتغير شيء. حاول مرة أخرى، وإن تكرر فأعطِ المتجر المرجع أدناه.
fault-wait =
    { $seconds ->
        [zero] حاول مرة أخرى الآن.
        [one] حاول مرة أخرى بعد ثانية واحدة.
        [two] حاول مرة أخرى بعد ثانيتين.
        [few] حاول مرة أخرى بعد { $seconds } ثوانٍ.
        [many] حاول مرة أخرى بعد { $seconds } ثانية.
       *[other] حاول مرة أخرى بعد { $seconds } ثانية.
    }
fault-reference = المرجع

# Somebody who joined before asks for their card on another phone.
recover-title = لديك بطاقة هنا من قبل
recover-why = يستطيع أي شخص أن يكتب عنوان بريد أو رقم هاتف، لذلك لا يكفيان وحدهما لفتح بطاقتك.
recover-phone = البطاقة على هاتف لك
recover-phone-how = افتح البطاقة في المحفظة هناك. الرابط على ظهرها يقود إلى صفحتك.
recover-counter = ضاعت البطاقة أو هذا هاتف جديد
recover-counter-how = أظهر هذا الرمز عند الصندوق. تُفتح بطاقتك هنا حالما يتأكد الموظف أنك صاحبها. يعمل الرمز ربع ساعة.
recover-code = الرمز للصندوق
recover-look = لقد أظهرته
recover-other = انضم ببيانات أخرى
recover-over = هذا الرمز قديم
recover-over-next = كان يعمل ربع ساعة. انضم من جديد لتحصل على رمز آخر.

survey-offered = شاركنا رأيك
survey-answer = أجب
survey-questions =
    { $count ->
        [zero] لا أسئلة
        [one] سؤال واحد
        [two] سؤالان
        [few] { $count } أسئلة
        [many] { $count } سؤالًا
       *[other] { $count } سؤال
    }
survey-optional = إن أردت
survey-scale = من الأقل إلى الأكثر.
survey-several = اختر ما شئت منها.
survey-who = يرى المتجر إجاباتك مع بطاقتك. وإذا حذفت بياناتك حُذفت معها.
survey-send = أرسل إجاباتي
survey-missing = يرجى الإجابة عن هذا السؤال.
survey-bad-answer = اختر إحدى الإجابات أدناه.
survey-bad-text = اكتب 1000 حرف على الأكثر.
survey-look = بعض الإجابات ناقصة أو لا يمكن قراءتها. لم يضع شيء مما كتبت.
survey-empty = أجب عن سؤال واحد على الأقل.
survey-thanks = شكرًا لك
survey-earned = { $points } مقابل إجاباتك.
survey-again = سبق أن أجبت عن هذا الاستبيان
    .next = مرة واحدة تكفي. شكرًا لك!
survey-over = هذا الاستبيان غير مفتوح
    .next = لا يقبل إجابات في الوقت الحالي.
survey-unknown = أجب ببطاقتك
    .next = لم يفتح هذا الهاتف صفحة بطاقتك بعد.
survey-card-how = افتحها في محفظة هاتفك واقلبها واضغط الرابط إلى صفحتك. الاستبيان ينتظرك هناك.
