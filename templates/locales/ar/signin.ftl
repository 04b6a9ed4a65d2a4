# What those who work here sign in by: password, codes as a second step, passkeys.

sign-in-code-title = رمزك
sign-in-code-how = اكتب الأرقام الستة التي يعرضها تطبيق المصادقة الآن، أو رمز استرداد.
sign-in-code = الرمز
sign-in-code-wrong = الرمز غير صحيح أو استُخدم من قبل. انتظر الرمز التالي وحاول مرة أخرى.
sign-in-anew = تسجيل الدخول باسم شخص آخر
sign-in-passkey = الدخول بمفتاح مرور
sign-in-passkey-wrong = لم يُقبل مفتاح المرور. حاول مرة أخرى أو استخدم كلمة المرور.
passkey-not-shown = لم يصل أي مفتاح مرور. حاول مرة أخرى أو استخدم كلمة المرور.
passkey-known = مفتاح المرور هذا معروف من قبل.
own-title = تسجيل دخولك
own-stale = تغيّر تسجيل دخولك في الأثناء. راجعه كما هو الآن ثم حاول مرة أخرى.
own-current = كلمة المرور الحالية
own-wrong-password = كلمة المرور غير صحيحة. حاول مرة أخرى.
own-no-proof = ليس لديك كلمة مرور ولا مفتاح مرور لإثبات هويتك. اطلب من المالك أن يعطيك كلمة مرور.
own-by-passkey = التأكيد بمفتاح مرور
own-password-how = كلمة المرور الجديدة تنهي دخولك في كل مكان آخر.
own-password-new = كلمة مرور جديدة
own-password-change = تغيير كلمة المرور
own-password-changed = تغيّرت كلمة المرور، وانتهى دخولك في كل مكان آخر.
own-codes = رموز كخطوة ثانية
own-codes-how = بعد كلمة المرور تُطلب منك ستة أرقام يعرضها تطبيق على هاتفك، فلا يدخل من عرف كلمة المرور وحدها.
own-on = مفعّلة
own-off = متوقفة
own-since = منذ {$date}
own-codes-on = تفعيل الرموز
own-codes-on-done = الرموز مفعّلة. احتفظ برموز الاسترداد الآن، فلن تُعرض مجددًا.
own-codes-off = إيقاف الرموز
own-codes-off-how = بعدها تكفي كلمة المرور وحدها للدخول، وينتهي دخولك في كل مكان آخر.
own-codes-off-done = الرموز متوقفة، وانتهى دخولك في كل مكان آخر.
own-codes-off-other = لمن فقد هاتفه ورموز الاسترداد. بعدها تكفي كلمة مروره وحدها، ويسجّل الدخول من جديد في كل مكان.
own-codes-scan = امسح هذا بتطبيق مصادقة، مثل مدير كلمات المرور في هاتفك.
own-codes-qr = رمز يحمل المفتاح لتطبيق المصادقة
own-codes-type = أو اكتب هذا المفتاح هناك:
own-codes-first = الأرقام الستة التي يعرضها الآن
own-codes-wrong = هذا ليس الرمز الحالي. تحقق من ساعة الهاتف واكتب الرمز التالي.
own-recovery = رموز الاسترداد
own-recovery-how = كل رمز يفتح مرة واحدة بدل الرمز المعتاد إن فُقد هاتفك. اطبعها أو احفظها مع كلمات مرورك، فلن تُعرض مجددًا.
own-recovery-anew = رموز استرداد جديدة
own-recovery-anew-how = الرموز التي لديك تبطل بعدها.
own-passkeys = مفاتيح المرور
own-passkeys-how = يدخلك هاتفك أو حاسوبك أو مفتاح الأمان بالإصبع أو الوجه أو الرقم السري، بلا كلمة مرور ولا رمز.
own-passkeys-nowhere = لا تنشئ المتصفحات مفاتيح مرور إلا لعنوان له اسم ويستخدم https. اضبط public_url على عنوان المتجر.
own-passkeys-full = لديك أكبر عدد مسموح من مفاتيح المرور. أزل واحدًا أولًا.
own-passkeys-script = لإضافة مفتاح، استخدم متصفحًا يشغّل النصوص البرمجية ويدعم مفاتيح المرور.
own-passkey-new = إضافة مفتاح مرور
own-passkey-name = اسم الجهاز، مثل «هاتفي»
own-passkey-bad-name = أدخل اسمًا من 1 إلى 80 حرفًا.
own-passkey-add = إضافة
own-passkey-added = أُضيف مفتاح المرور. يمكنك الدخول به من الآن.
own-passkey-made = أُنشئ في {$date}
own-passkey-used = آخر استخدام في {$date}
own-passkey-unused = لم يُستخدم بعد
own-passkey-remove = إزالة
own-passkey-remove-how = لن يدخلك بعدها، وينتهي دخولك في كل مكان آخر.
own-passkey-removed = أُزيل مفتاح المرور، وانتهى دخولك في كل مكان آخر.
own-recovery-left = { $count ->
    [zero] لم يبقَ أي رمز استرداد
    [one] بقي رمز استرداد واحد
    [two] بقي رمزا استرداد
    [few] بقيت {$count} رموز استرداد
    [many] بقي {$count} رمز استرداد
   *[other] بقي {$count} رمز استرداد
}
