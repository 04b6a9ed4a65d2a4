# The console: rules, rewards, tiers.

console-rules = القواعد
console-rewards = المكافآت
terms-added = تمت الإضافة. تسري من الآن.
terms-saved = تم الحفظ. ما بأيدي الأعضاء يبقى كما وُعدوا.
terms-gone = أُزيلت. ما كُسب سابقًا يبقى.
terms-turned = تم.
terms-paused = متوقفة
terms-pause = إيقاف
terms-resume = استئناف
terms-archive = إزالة
terms-archive-do = تأكيد الإزالة
terms-archive-how = لن تسري بعد الآن، وما كُسب بها يبقى.
terms-rules = ما يكسب النقاط
terms-precedence = كل قاعدة منطبقة تضيف نقاطها. ومن المضاعفات يُحتسب الأكبر.
terms-own-rule = قاعدة البرنامج الأساسية
terms-own-rule-none = الطلبات لا تكسب شيئًا بذاتها.
terms-promotions = نقاط إضافية لفترة
terms-promotions-none = لا يوجد حاليًا.
terms-promotion = إضافي
terms-new = قاعدة جديدة
terms-name = الاسم للموظفين
terms-when = متى
terms-only-if = فقط إذا…
terms-minimum = الشراء لا يقل عن
terms-category = هذه الفئات فقط، مفصولة بفواصل
terms-from-hour = من الساعة
terms-to-hour = إلى الساعة
terms-number = فقط طلب العضو رقم
terms-days = في هذه الأيام فقط
terms-points = النقاط
terms-per = لكل
terms-per-time = طلب أو حدث
terms-per-item = قطعة
terms-per-spend = مبلغ منفق
terms-money = المبلغ
terms-times = عدد المرات الأقصى (فارغ: بلا حد)
terms-within = خلال
terms-in-day = في اليوم
terms-in-week = في الأسبوع
terms-in-month = في الشهر
terms-in-year = في السنة
terms-in-ever = إجمالًا
terms-in-days = خلال {$days} من الأيام
terms-add = إضافة القاعدة
terms-promotion-new = نقاط إضافية جديدة لفترة
terms-extra = ما تفعله
terms-multiply = يضاعف النقاط
terms-more = يضيف نقاطًا لكل طلب
terms-by = بمقدار
terms-from = أول يوم
terms-until = آخر يوم
terms-promotion-add = إضافة
terms-bad-name = أدخل اسمًا حتى 100 حرف.
terms-bad-points = أدخل عددًا صحيحًا من 1 إلى 1,000,000.
terms-bad-factor = أدخل معاملًا أكبر من 1، مثل 2 أو 1.5.
terms-bad-hours = أدخل وقتين مختلفين من اليوم.
terms-bad-date = أدخل تاريخًا.
terms-bad-span = آخر يوم يسبق أول يوم.
terms-bad-percent = أدخل عددًا صحيحًا من 1 إلى 100.
terms-bad-card = لا توجد بطاقة صالحة بهذا الرقم. تحقق منه.
terms-comma = ،{" "}
terms-colon = :{" "}
terms-when-order = عند دفع طلب
terms-when-event = عند حدوث: {$event}
event-sign-up = انضمام عضو
event-birthday = عيد ميلاد
event-referral = قدوم صديق بدعوة
event-referred = قدوم بدعوة
event-review = تقييم
event-check-in = تسجيل حضور
event-newsletter = النشرة البريدية
event-survey = إجابة استبيان
event-social = ربط شبكة اجتماعية
terms-if-lines = مع احتساب {$lines} فقط
terms-if-channel = عبر {$names}
terms-if-location = في {$names}
terms-at-location = في أي موقع
terms-anywhere = في أيٍّ منها
terms-if-days = في {$days}
terms-if-hours = من {$from} إلى {$to}
terms-if-minimum = بقيمة لا تقل عن {$money}
terms-if-number = وهو طلبه رقم {$number}
terms-if-every = وهو واحد من كل {$number} طلبات
terms-if-tier = من أعضاء {$names}
terms-if-segment = من أعضاء {$names}
terms-if-attribute = حيث {$name} هو {$values}
terms-if-member-days = من أعضاء منذ {$days} يومًا أو أكثر
terms-if-between = من {$from} إلى {$until}
terms-if-from = ابتداءً من {$from}
terms-if-until = حتى {$until}
terms-then-time = {$points}
terms-then-item = {$points} لكل قطعة
terms-then-spend = {$points} لكل {$money}
terms-then-multiply = النقاط × {$factor}
terms-then-add = {$points} إضافية
terms-a-reward = مكافأة
terms-budget = {$points} على الأكثر للجميع
terms-pending = تُستخدم بعد {$days} من الأيام
terms-limit-times = {$times} × على الأكثر {$within}
terms-limit-points = {$points} على الأكثر {$within}
day-mon = الاثنين
day-tue = الثلاثاء
day-wed = الأربعاء
day-thu = الخميس
day-fri = الجمعة
day-sat = السبت
day-sun = الأحد
terms-try = جرّب طلبًا
terms-try-how = ترى ما تمنحه كل قاعدة ولماذا. لا يُكتب شيء.
terms-try-card = رقم بطاقة عضو
terms-try-day = اليوم (فارغ: اليوم الحالي)
terms-try-clock = الوقت
terms-try-do = جرّب
terms-outcome = ما سيكسبه
reason-other-trigger = يُفعّلها شيء آخر.
reason-not-yet = لم يحن وقتها.
reason-over = انتهى وقتها.
reason-condition = شرط غير متحقق.
reason-nothing-counted = لا يحتوي الطلب على ما تحتسبه.
reason-too-little = لا يكفي لنقطة بعد، ويُرحَّل إلى الطلب التالي.
reason-limit = استنفد العضو الحد.
reason-budget = نفدت ميزانيتها.
reason-group = قاعدة أخرى في مجموعتها تمنح أكثر.
reason-nothing-earned = لا يوجد ما يُضاعف.
reason-larger = مضاعف آخر أكبر.
rewards-none = لا توجد مكافأة بعد. يحتاج الأعضاء إلى ما ينتظرونه.
reward-new = مكافأة جديدة
reward-add = إضافة المكافأة
reward-name = ما يقرؤه العملاء (تكفي لغة واحدة)
reward-gives = ما تمنحه
reward-gives-amount = خصم مبلغ
reward-gives-percent = خصم نسبة
reward-amount = مبلغ الخصم
reward-percent = نسبة الخصم
reward-cost = التكلفة بالنقاط
reward-stock-label = العدد المتاح (فارغ: بلا حد)
reward-times = الحد لكل عضو (فارغ: بلا حد)
reward-valid-label = أيام الصلاحية (فارغ: دائمًا)
reward-stock = {$count} إجمالًا
reward-valid = {$days} من الأيام لاستخدامها
reward-automatic = تُصدر تلقائيًا
reward-automatic-how = تُصدر تلقائيًا متى كفت النقاط، كما في الأختام
reward-change-how = ما بأيدي الأعضاء يبقى كما وُعدوا.
reward-archive-how = لن تُمنح بعد الآن، وما بأيدي الأعضاء يبقى صالحًا.
reward-by-api = تقول هذه المكافأة أكثر مما يتسع له النموذج. عدّلها عبر API.
gift-percent = خصم {$percent} %
gift-percent-item = خصم {$percent} % على صنف واحد
gift-product = شيء يُسلَّم
gift-free-item = صنف مجاني
gift-experience = مشاركة في تجربة
gift-download = شيء للتنزيل
gift-donation = تبرع للآخرين
gift-early-access = قبل الآخرين
gift-gift-card = بطاقة هدايا خاصة
terms-change-how = ما كُسب سابقًا يبقى. ومن الآن تسري القاعدة كما تكتبها هنا.
terms-by-api = يقول هذا أكثر مما يتسع له النموذج. عدّله عبر API، ويمكنك إيقافه أو إزالته من القائمة.
tiers = الفئات
challenges = التحديات
terms-bad-short-name = أدخل اسمًا حتى 80 حرفًا.
terms-not-turned = لا يمكن استئنافها كما هي: ما تذكره أُزيل، أو يوجد ما يماثلها، أو العدد بلغ الحد. افتحها للاطلاع.
terms-shown = ما يقرؤه العملاء
terms-shown-how = فارغ: الاسم للموظفين.
terms-type = للإزالة اكتب { $word }
terms-type-wrong = هذا ليس الاسم. اكتبه كما هو أعلاه.
tiers-none = لا توجد فئة بعد. فئة أولى تمنح الأعضاء ما يسعون إليه.
tiers-by-points = تُحتسب النقاط المكتسبة
tiers-by-spend = يُحتسب المبلغ المنفق
tiers-by-visits = تُحتسب الأيام التي فيها طلب
tiers-counted = {$by} {$within}
tiers-in-year = خلال السنة التقويمية.
tiers-in-days = خلال آخر {$days} من الأيام.
tiers-in-ever = منذ الانضمام.
tiers-grace = من ينزل عن الحد يحتفظ بفئته مدة {$days} من الأيام.
tiers-no-grace = من ينزل عن الحد يفقد فئته فورًا.
tier-new = فئة جديدة
tier-add = إضافة الفئة
tier-threshold-points = تُبلغ بهذا العدد من النقاط
tier-threshold-spend = تُبلغ بإنفاق هذا المبلغ
tier-threshold-visits = تُبلغ بهذا العدد من أيام الطلبات
tier-multiply = يضاعف النقاط بمقدار (فارغ: لا)
tier-perks = ما يحصل عليه أعضاؤها
tier-perks-how = ميزة في كل سطر. السطر نفسه في لغة أخرى هو الميزة نفسها.
tier-bad-perks = 10 مزايا على الأكثر، كل منها حتى 200 حرف.
tier-bad-threshold = أدخل عددًا من 0 فأكثر.
tier-reached = تُبلغ عند {$amount}
tier-visits = { $count ->
    [zero] لا أيام طلبات
    [one] يوم واحد فيه طلب
    [two] يومين فيهما طلب
    [few] { $count } أيام فيها طلب
    [many] { $count } يومًا فيه طلب
   *[other] { $count } يوم فيه طلب
}
tier-shown = يقرأ العملاء «{$name}»
tier-holders = أعضاؤها: {$count}
tier-holders-many = أعضاؤها: أكثر من {$count}
tier-change-how = يحتفظ الأعضاء بما بلغوه، ويُقيَّم طلبهم التالي بما تكتبه هنا.
tier-end-how = لن يكون فيها أحد بعد ذلك، ومع الطلب التالي ينتقل أعضاؤها إلى الفئة التي يستحقونها. والقواعد الخاصة بأعضائها لا تنطبق على أحد.
challenges-none = لا يوجد تحدٍّ بعد. هدف قريب يعيد الأعضاء سريعًا.
challenge-new = تحدٍّ جديد
challenge-add = إضافة التحدي
challenge-what = ما يُحتسب
challenge-counts = ما يُعدّ منه
challenge-counts-times = عدد المرات
challenge-counts-items = القطع
challenge-counts-spend = المبلغ المنفق
challenge-goal = المطلوب إنجازه
challenge-days = عدد الأيام (إن اختير)
challenge-in-some-days = خلال عدد من الأيام
challenge-in-days = خلال {$days} من الأيام
challenge-in-day = خلال يوم
challenge-in-week = خلال أسبوع
challenge-in-month = خلال شهر
challenge-in-year = خلال سنة
challenge-in-ever = بلا مدة محددة
challenge-prize = ما يمنحه الفوز
challenge-reward = أو مكافأة
challenge-reward-none = بلا: نقاط
challenge-reward-gone = مكافأة أُزيلت
challenge-wins-label = كم مرة يفوز العضو (فارغ: مرة واحدة)
challenge-wins = { $count ->
    [zero] لا يُفاز به
    [one] يُفاز به مرة واحدة
    [two] يُفاز به مرتين
    [few] يُفاز به { $count } مرات
    [many] يُفاز به { $count } مرة
   *[other] يُفاز به { $count } مرة
}
challenge-from = أول يوم (فارغ: فورًا)
challenge-until = آخر يوم (فارغ: بلا نهاية)
challenge-bad-goal = أدخل عددًا من 1 فأكثر، وللمرات 10,000 على الأكثر.
challenge-bad-days = أدخل من 1 إلى 730 يومًا.
challenge-bad-prize = أدخل نقاطًا من 1 إلى 1,000,000 أو اختر مكافأة: أحدهما فقط.
challenge-times = { $count ->
    [zero] لا شيء
    [one] مرة واحدة
    [two] مرتين
    [few] { $count } مرات
    [many] { $count } مرة
   *[other] { $count } مرة
}
challenge-items = { $count ->
    [zero] لا قطع
    [one] قطعة واحدة
    [two] قطعتين
    [few] { $count } قطع
    [many] { $count } قطعة
   *[other] { $count } قطعة
}
challenge-then = {$prize} مقابل {$goal} {$within}
challenge-change-how = ما أُنجز فيه يبقى محسوبًا، والفوز يبقى.
challenge-end-how = لن يفوز به أحد بعد ذلك. ما فيز به يبقى، وما أُنجز فيه يضيع.
replay = على طلبات سابقة
replay-how = أحدث {$count} طلب على الأكثر، تُقيَّم من جديد بالقواعد الحالية. يُحتسب الأعضاء على فئتهم الحالية، وتُعدّ الحدود والميزانيات والبواقي ضمن هذه الطلبات وحدها، دون التحديات والمكافآت. لا يُكتب شيء.
replay-do = إعادة تقييم الطلبات السابقة
replay-counted = الطلبات المُقيَّمة: {$count}
replay-would = كانت ستمنح
replay-gave = منحت
replay-change = الفرق
replay-would-cost = التكلفة المتوقعة لها
replay-gave-cost = التكلفة المتوقعة لما مُنح
replay-no-worth = لا يحدد البرنامج قيمة النقطة، لذلك لا تكلفة نقدية. تُضبط عبر API (policy).
replay-same = كل طلب كان سيكسب القدر نفسه.
replay-largest = أكبر الفروق
reward-picture = الصورة
reward-picture-how = صورة PNG لا تقل عن 64 × 64 ولا يزيد ضلعها على 4,096 بكسل، حتى 2 ميبيبايت. تُصغَّر إلى حجم العرض.
reward-picture-now = الصورة الحالية
reward-picture-none = بلا صورة
reward-picture-pick = اختر صورة
reward-picture-small = الصورة أصغر من 64 × 64 بكسل. اختر صورة أكبر.
