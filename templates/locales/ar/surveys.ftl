# الاستبيانات في لوحة التحكم: كتابتها وفتحها وما أجاب به الأعضاء.

surveys-title = الاستبيانات
surveys-how = أسئلة قصيرة للأعضاء. يجيب كل عضو عن الاستبيان مرة واحدة، ويُمنح ما يستحقه عنه مرة واحدة.
surveys-none = لا يوجد استبيان بعد.
surveys-begin = اكتب استبيانًا
surveys-new = استبيان جديد
surveys-draft = مسودة
surveys-open = مفتوح
surveys-closed = مغلق
surveys-results = النتائج
surveys-name = الاسم، لك وحدك
surveys-words = لغة النصوص أدناه
surveys-heading = العنوان كما يقرؤه الأعضاء
surveys-intro = المقدمة
surveys-thanks = كلمة الشكر بعد الإجابة
surveys-question = السؤال { $number }
surveys-text = نص السؤال
surveys-kind = نوع الإجابة
surveys-kind-single = خيار واحد
surveys-kind-several = عدة خيارات
surveys-kind-scale-1-5 = رقم من 1 إلى 5
surveys-kind-scale-0-10 = رقم من 0 إلى 10
surveys-kind-text = بكلماته
surveys-required = الإجابة عنه واجبة
surveys-choices = الخيارات، واحد في كل سطر
surveys-choices-how = من 2 إلى 12، للخيار الواحد وللخيارات المتعددة فقط.
surveys-add = أضف سؤالًا
surveys-up = إلى أعلى
surveys-down = إلى أسفل
surveys-remove = احذف
surveys-save = احفظ
surveys-saved = تم الحفظ.
surveys-was-opened = الاستبيان مفتوح، ويراه الأعضاء في صفحتهم.
surveys-was-closed = الاستبيان مغلق.
surveys-open-it = افتحه
surveys-open-how = يراه الأعضاء في صفحتهم ويمكنهم الإجابة. تبقى الأسئلة والخيارات كما هي بعد ذلك، ويمكن تغيير صياغتها.
surveys-close-it = أغلقه
surveys-close-how = لن يستطيع أحد الإجابة بعد ذلك. تبقى الإجابات، ويمكنك فتحه مجددًا.
surveys-link = رابطه، للرسائل والملصقات والإيصالات
surveys-pays = الإجابة تمنح: { $worth }.
surveys-pays-nothing = الإجابة لا تمنح شيئًا بعد.
surveys-pays-unsure = توجد قواعد لها، وكل منها يشترط أكثر من الإجابة.
surveys-make-rule = أنشئ قاعدة لـ«إجابة استبيان»
surveys-look = بعض الحقول تحتاج إلى مراجعة. لم يُحفظ شيء بعد، ولم يضع شيء مما كتبت.
surveys-full = يوجد 200 استبيان، وهذا هو الحد الأقصى.
surveys-fixed = سبق فتحه، فتبقى الأسئلة والخيارات كما هي، ويمكن تغيير صياغتها. اكتب استبيانًا جديدًا لأسئلة أخرى.
surveys-bad-count = في الاستبيان من سؤال واحد إلى 20 سؤالًا.
surveys-bad-name = استخدم من 1 إلى 80 حرفًا من دون فواصل أسطر.
surveys-bad-line = استخدم من 1 إلى 200 حرف.
surveys-bad-passage = استخدم 600 حرف على الأكثر.
surveys-bad-choices = اكتب من 2 إلى 12 خيارًا، واحدًا في كل سطر، لا يتجاوز كل منها 200 حرف.
surveys-answers =
    { $count ->
        [zero] لا إجابات
        [one] إجابة واحدة
        [two] إجابتان
        [few] { $count } إجابات
        [many] { $count } إجابة
       *[other] { $count } إجابة
    }
surveys-newest = تُحسب أحدث 20000 إجابة.
surveys-mean = المتوسط { $mean }
surveys-no-answers = لم يجب أحد بعد.
surveys-texts = أحدث الإجابات
surveys-download = نزّلها بصيغة CSV
surveys-csv-when = الوقت
surveys-csv-member = العضو
surveys-csv-language = اللغة
