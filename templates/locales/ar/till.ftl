# The till, and where staff sign in.

sign-in-title = تسجيل الدخول
sign-in-email = البريد الإلكتروني
sign-in-password = كلمة المرور
sign-in-submit = دخول
sign-in-wrong = البريد أو كلمة المرور غير صحيح. حاول مرة أخرى.
sign-in-locked = { $minutes ->
    [zero] محاولات فاشلة كثيرة. حاول الآن مرة أخرى.
    [one] محاولات فاشلة كثيرة. انتظر دقيقة ثم حاول مرة أخرى.
    [two] محاولات فاشلة كثيرة. انتظر دقيقتين ثم حاول مرة أخرى.
    [few] محاولات فاشلة كثيرة. انتظر {$minutes} دقائق ثم حاول مرة أخرى.
    [many] محاولات فاشلة كثيرة. انتظر {$minutes} دقيقة ثم حاول مرة أخرى.
   *[other] محاولات فاشلة كثيرة. انتظر {$minutes} دقيقة ثم حاول مرة أخرى.
}

till-title = الصندوق
till-sign-out = خروج
till-who = من على الصندوق؟
till-pin = الرقم السري
till-pin-wrong = الرقم السري غير صحيح. حاول مرة أخرى.
till-open = افتح الصندوق
till-nobody = لا أحد لديه رقم سري لهذا الصندوق بعد. اطلبه من المدير.
till-with-password = الدخول بالبريد وكلمة المرور
till-connect-title = اجعل هذا الجهاز صندوقًا
till-connect-how = من الآن يدخل الموظفون هنا برقمهم السري.
till-connect = اربط هذا الجهاز
till-connect-over = هذا الرابط لم يعد صالحًا
till-connect-new = استُعمل من قبل أو مضى وقته. اطلب من المدير رابطًا جديدًا.

till-code = رقم البطاقة أو الاسم أو الهاتف أو البريد
till-found = من هو؟
till-found-more = هناك آخرون بهذا الاسم. اكتب المزيد منه أو رقم الهاتف.
till-find = بحث
till-last = آخر العمليات
till-last-none = لا شيء بعد. امسح بطاقة لتبدأ.
till-undo = تراجع
till-undone = تم التراجع
till-new-member = عضو جديد
till-training = تدريب. لا يُكتب شيء ولا يراه أي عميل.
till-training-begin = جرّب في وضع التدريب
till-training-end = أنهِ التدريب

till-nameless = عضو بلا اسم
till-balance = الرصيد
till-pending = في الطريق أيضًا: {$points}.
till-birthday-today = عيد ميلاده اليوم
till-birthday-near = عيد ميلاده هذا الأسبوع
till-say-ready = قل: «يمكنك اليوم أن تحصل على {$reward}.»
till-say-next = قل: «بقي {$points} حتى {$reward}.»
till-amount = المبلغ المدفوع
till-give = أضف النقاط
till-preview = يعطي {$points}.
till-preview-nothing = لا يعطي شيئًا.
till-rewards = المكافآت
till-no-rewards = لا توجد مكافآت حاليًا.
till-next-reward = بقي {$points} من أجل {$reward}.
till-held = بانتظار العميل
till-hand-over = سلّمها
till-hand-over-how = ثمنها مدفوع من قبل. سلّمها مرة واحدة.
till-free = مجانًا
till-redeem-how = يُخصم {$cost} ويبقى {$left}.
till-redeem-free = لا تكلف شيئًا.
till-name-compared = قارنت الاسم على الهاتف.
till-gift-card = بطاقة هدية: {$money}
till-challenge = {$name}: {$done} من {$goal}
till-next = العميل التالي
till-rules = كيف يعمل البرنامج
till-rules-bonus = من ينضم يبدأ بـ {$points}.
till-rules-redeem = تُخصم نقاط المكافأة لحظة تسليمها.
till-rules-undo = ما حدث خطأ قبل قليل تتراجع عنه هنا، وبعد ذلك المدير.
till-rules-lost = بطاقة ضائعة: ابحث بالهاتف أو البريد. الرصيد باقٍ.

till-camera-refused = الكاميرا محجوبة. اسمح بها لهذه الصفحة أو اكتب الرقم.
till-camera-none = لا توجد كاميرا. استعمل قارئًا أو اكتب الرقم.
till-torch = ضوء
till-cameras = الكاميرا
till-offline-title = صندوق بلا شبكة
till-offline = لا توجد شبكة. تُحفظ المشتريات هنا وتُرسل حالما تعود.
till-offline-rewards = المكافآت تحتاج إلى الشبكة: ربما تغير الرصيد.
till-queued = حُفظت. تُرسل حالما تعود الشبكة وتصل النقاط عندئذ.
till-waiting = بانتظار الإرسال: #
till-dismiss = فهمت
till-stale = الرصيد # في @

till-joined = انضم
till-join-how = دع العميل يمسح هذا بهاتفه. تُفتح البطاقة هنا حالما ينضم.
till-join-there = لقد انضم
till-done-joined = انضم {$name} ولديه {$balance}.
till-done-order = أُضيف {$points}. لدى {$name} الآن {$balance}.
till-done-nothing = سُجلت المشتريات ولا نقاط لها. لدى {$name} {$balance}.
till-done-reward = سلّم: {$reward}. لدى {$name} الآن {$balance}.
till-done-hand-over = سلّم: {$reward}.
till-done-undone = تم التراجع. عاد لدى {$name} ما كان من قبل.
till-tried = تدريب: كان سيصبح لدى {$name} {$balance}. لم يُكتب شيء.

till-fault-unknown = البطاقة غير معروفة. امسحها مرة أخرى أو ابحث بالاسم أو الهاتف أو البريد.
till-fault-check-digit = حرف واحد غير صحيح. انظر إلى البطاقة مرة أخرى.
till-fault-replaced = استُبدلت هذه البطاقة. اطلب الجديدة.
till-fault-voided = هذه البطاقة ملغاة ولا يمكن استعمالها.
till-fault-blocked = هذا العضو موقوف. اسأل المدير.
till-fault-points = النقاط لا تكفي.
till-fault-sold-out = نفدت هذه المكافأة.
till-fault-reward = لا يمكن الحصول على هذه المكافأة حاليًا.
till-fault-limit = حصل العضو على أقصى ما يُسمح به حاليًا.
till-fault-velocity = مشتريات كثيرة في وقت قصير. اسأل المدير.
till-fault-stale = قد تكون هذه صورة للبطاقة. امسح شاشة الهاتف مرة أخرى أو قارن الاسم.
till-fault-own = لا أحد يخدم بطاقته. اطلب من زميل.
till-fault-not-own = قام بهذا زميل. اطلب منه أو من المدير التراجع.
till-fault-too-late = انتهى وقت التراجع. اسأل المدير.
till-fault-settled = تم هذا أو التراجع عنه من قبل.
till-fault-expired = انتهى وقت هذه المكافأة.
till-fault-form = هذه الصفحة من زيارة سابقة. افتح الصندوق من جديد.
till-fault-role = صلاحيتك لا تسمح بهذا. اسأل المدير.
till-fault-guesses = بطاقات مجهولة كثيرة. انتظر قليلًا.
till-fault-amount = هذا ليس مبلغًا. اكتبه هكذا: {$example}.
till-fault-other = لم ينجح ذلك: {$detail}

# A customer asks for the card that they joined with before.
till-recover = بطاقة لهاتف آخر
till-recover-whose = انضم شخص ببيانات {$name} ويريد البطاقة على هذا الهاتف.
till-recover-how = افتحها فقط إذا كنت متأكدًا أنه صاحبها: تعرفه، أو تؤكد ذلك وثيقة، أو يستطيع أن يقول ما تقرؤه هنا.
till-recover-since = عضو منذ {$date}
till-recover-moved = آخر حركة للنقاط في {$date}
till-recover-allow = هو صاحبها: افتح البطاقة
till-recover-no = لا، عودة إلى البداية
till-recover-over = الرمز أقدم من ربع ساعة. دع العميل ينضم من جديد ليحصل على رمز آخر.
till-recovered = بطاقة على هاتف آخر
till-done-recovered = عادت البطاقة إلى هاتف {$name} وعليها {$balance}.
