# Automations: what sets them off, what they say and give.
automations = الأتمتة
autos-none = لا توجد أتمتة بعد. ابدأ بواحدة جاهزة: لن تفعل شيئًا حتى تشغّلها.
autos-ready-how = تأتي كل واحدة بنصها في خمس لغات. اطّلع عليها، احفظها، ثم شغّلها.
auto-write = اكتب واحدة أخرى
auto-new = أتمتة جديدة
auto-on = تعمل
auto-off = متوقفة
auto-saved = حُفظت.
auto-started = تعمل الآن. ما يحدث من الآن فصاعدًا يحرّكها.
auto-paused = متوقفة. من يحين دوره أثناء ذلك لا يصله شيء.
auto-start = شغّلها
auto-pause = أوقفها
auto-change = غيّرها
auto-keep = احفظها
auto-try = كيف تبدو على بطاقة
auto-did = ما الذي فعلته
auto-since = منذ
auto-waiting = بانتظار موعدهم
auto-given = حصلوا على شيء
auto-when = متى
auto-then = وبعد ذلك
auto-trigger = ما الذي يحرّكها
auto-when-joined = انضمّوا
auto-when-order = اشتروا شيئًا
auto-when-numbered = اشتروا للمرة رقم {$number}
auto-when-event = وقع حدث
auto-when-near = مكافأة قريبة
auto-when-missing = تنقصهم عن مكافأة نقاط لا تزيد على {$points}
auto-when-ready = نقاطهم تكفي لمكافأة
auto-when-tier = بلغوا مستوى أعلى
auto-when-expiring = نقاطهم تنتهي قريبًا
auto-when-each-day = كل يوم، جميع المقصودين حينها
auto-when-at = كل يوم في {$time}
auto-number = فقط عملية الشراء رقم
auto-of = فقط إذا كان فيها أحد هذه الأصناف
auto-of-how = افصل بينها بفواصل. تخص الشراء؛ فارغ لأي شراء.
auto-event = الحدث بحسب نوعه
auto-event-how = كما يرسله موقعك أو صندوقك، مثل cart.
auto-missing = عدد النقاط الناقصة للمكافأة، أو أقل
auto-time = وقت اليوم
auto-wait = انتظر
auto-wait-how = فارغ: فورًا. إذا حدث ثانيةً أثناء ذلك يُحسب الوقت من جديد.
auto-unit = بوحدة
auto-days = أيام
auto-hours = ساعات
auto-minutes = دقائق
auto-unless = ألغِها إذا اشتروا شيئًا أثناء ذلك
auto-unless-it = تُلغى إذا: {$what}
auto-who = من المقصود
auto-who-how = يُسأل عنه عند انتهاء الانتظار: من لم يعد مناسبًا لا يصله شيء.
auto-who-birthday = عيد ميلاده اليوم
auto-who-quiet = لم يشترِ شيئًا منذ ٣٠ يومًا
auto-again = لا تتكرر خلال هذا العدد من الأيام
auto-gives = ما الذي تمنحه
auto-gives-how = يصل إلى كل المقصودين، حتى من لا يريد رسائل.
auto-gives-points = تمنح نقاطًا: {$points}
auto-gives-reward = تمنح: {$reward}
auto-points = نقاط
auto-gift = مكافأة
auto-no-gift = لا شيء
auto-webhook = أبلغ الويب هوك، للبريد أو الرسائل القصيرة
auto-webhook-never = أبدًا
auto-webhook-unreachable = عمّن ليست بطاقته في محفظة
auto-webhook-always = عن كل من وافق
auto-bad-nothing = اكتب ما تقوله البطاقة، أو حدّد ما تمنحه.
auto-bad-again = حدّد بعد كم يومًا يُقصد العضو ثانيةً؛ وإلا لقُصد الأعضاء أنفسهم كل مرة.
auto-bad-who = حدّد المقصودين: ما يبحث كل يوم يحتاج إلى شريحة.
auto-bad-event = أدخل نوع الحدث: حروف وأرقام و- و_.
auto-bad-missing = أدخل عدد النقاط التي قد تنقص، 1 أو أكثر.
auto-bad-number = أدخل 1 لأول شراء و2 للثاني، حتى 10,000.
auto-bad-points = أدخل من 1 إلى 1,000,000 نقطة.
auto-bad-time = أدخل وقتًا مثل 09:00.
auto-bad-wait = أدخل عددًا صحيحًا؛ قد يمتد الانتظار حتى سنة.
auto-bad-wait-daily = ما يبحث كل يوم لا ينتظر. اختر وقتًا آخر.
auto-bad-days = أدخل من 0 إلى 3,660 يومًا.
auto-bad-unless = ما لا ينتظر لا يمكن إلغاؤه. حدّد مدة انتظار.
auto-bad-webhook = لا توجد رسالة يمكن إبلاغ الويب هوك بها.
auto-joined = ترحيب
auto-text-joined = أهلًا {"{"}first_name|صديقنا{"}"}! أظهر هذه البطاقة في كل مرة: رصيدك الآن {"{"}points{"}"} {"{"}point_name{"}"}.
auto-second = الزيارة الثانية
auto-text-second = {"{"}first_name|صديقنا{"}"}، يسعدنا أن نراك ثانيةً. رصيدك {"{"}points{"}"} {"{"}point_name{"}"} بانتظارك.
auto-tenth = الشراء العاشر
auto-text-tenth = عشر مرات بالفعل! شكرًا لك: صار على بطاقتك {"{"}points{"}"} {"{"}point_name{"}"}.
auto-near = مكافأة قريبة
auto-text-near = اقتربت: بقي {"{"}reward_missing|القليل{"}"} للحصول على {"{"}reward|مكافأة{"}"}.
auto-reward = مكافأة جاهزة
auto-text-reward = رصيدك {"{"}points{"}"} {"{"}point_name{"}"} يكفي لمكافأة. أظهر هذه البطاقة لتختارها.
auto-tier = مستوى أعلى
auto-text-tier = تهانينا {"{"}first_name|صديقنا{"}"}: أنت الآن {"{"}tier|ضيف مميز{"}"}.
auto-expiring = نقاط تنتهي
auto-text-expiring = تنتهي {"{"}expiring_points|بعض{"}"} {"{"}point_name{"}"} في {"{"}expires_on|يوم قريب{"}"}. تفضل واستخدمها.
auto-birthday = عيد ميلاد
auto-text-birthday = عيد ميلاد سعيد يا {"{"}first_name|صديقنا{"}"}! على بطاقتك هدية.
auto-quiet = غائب منذ مدة
auto-text-quiet = مرّ وقت طويل يا {"{"}first_name|صديقنا{"}"}. لديك {"{"}points{"}"} {"{"}point_name{"}"} لتستخدمها.
auto-lapsed = استعادة الغائبين
auto-text-lapsed = اشتقنا إليك يا {"{"}first_name|صديقنا{"}"}. مع هديتنا صار رصيدك {"{"}points{"}"} {"{"}point_name{"}"}: تفضل واستخدمها.
auto-cart = بقي في السلة
auto-text-cart = ما زلت تفكر يا {"{"}first_name|صديقنا{"}"}؟ سلتك بانتظارك.
auto-survey = استبيان بعد الشراء
auto-text-survey = كيف كانت تجربتك يا {"{"}first_name|صديقنا{"}"}؟ افتح بطاقتك وأخبرنا في دقيقة.
auto-review = طلب تقييم
auto-text-review = صرت تعرفنا جيدًا يا {"{"}first_name|صديقنا{"}"}. هل توصي بنا غيرك بكلمات قليلة؟
auto-goes-with = ما يكمّله
auto-text-goes-with = لدينا ما يكمّل ما اشتريته يا {"{"}first_name|صديقنا{"}"}. اسألنا عنه.
auto-after-days = بعد { $count ->
    [zero] {$count} يوم
    [one] يوم واحد
    [two] يومين
    [few] {$count} أيام
    [many] {$count} يومًا
   *[other] {$count} يوم
}
auto-after-hours = بعد { $count ->
    [zero] {$count} ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] {$count} ساعات
    [many] {$count} ساعة
   *[other] {$count} ساعة
}
auto-after-minutes = بعد { $count ->
    [zero] {$count} دقيقة
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] {$count} دقائق
    [many] {$count} دقيقة
   *[other] {$count} دقيقة
}
auto-again-in = لا تتكرر خلال { $days ->
    [zero] {$days} يوم
    [one] يوم واحد
    [two] يومين
    [few] {$days} أيام
    [many] {$days} يومًا
   *[other] {$days} يوم
}
