# The till, and where staff sign in.

sign-in-title = ورود
sign-in-email = ایمیل
sign-in-password = گذرواژه
sign-in-submit = ورود
sign-in-wrong = ایمیل یا گذرواژه درست نیست. دوباره امتحان کنید.
sign-in-locked = { $minutes ->
    [one] تلاش‌های ناموفق زیاد بود. {$minutes} دقیقه صبر کنید و دوباره امتحان کنید.
   *[other] تلاش‌های ناموفق زیاد بود. {$minutes} دقیقه صبر کنید و دوباره امتحان کنید.
}

till-title = صندوق
till-sign-out = خروج
till-who = چه کسی پای صندوق است؟
till-pin = پین
till-pin-wrong = پین درست نیست. دوباره امتحان کنید.
till-open = باز کردن صندوق
till-nobody = هنوز کسی برای این صندوق پین ندارد. از مدیر بخواهید.
till-with-password = ورود با ایمیل و گذرواژه
till-connect-title = این دستگاه را صندوق کنید
till-connect-how = از این پس کارکنان اینجا با پین خود وارد می‌شوند.
till-connect = اتصال این دستگاه
till-connect-over = این پیوند دیگر کار نمی‌کند
till-connect-new = قبلاً استفاده شده یا کهنه است. از مدیر پیوند تازه بخواهید.

till-code = شمارهٔ کارت، نام، تلفن یا ایمیل
till-found = چه کسی است؟
till-found-more = کسان دیگری هم این نام را دارند. بیشتر بنویسید یا شماره تلفن را بنویسید.
till-find = جست‌وجو
till-last = آخرین کارها
till-last-none = هنوز کاری نشده. برای شروع کارتی را اسکن کنید.
till-undo = برگرداندن
till-undone = برگردانده شد
till-new-member = عضو تازه
till-training = تمرین. چیزی نوشته نمی‌شود و مشتری چیزی نمی‌بیند.
till-training-begin = تمرین کنید
till-training-end = پایان تمرین

till-nameless = عضو بی‌نام
till-balance = موجودی
till-pending = {$points} دیگر در راه است.
till-birthday-today = امروز تولد اوست
till-birthday-near = این هفته تولد اوست
till-say-ready = بگویید: «امروز می‌توانید {$reward} بگیرید.»
till-say-next = بگویید: «فقط {$points} تا {$reward} مانده.»
till-amount = مبلغ پرداختی
till-give = افزودن امتیاز
till-preview = {$points} می‌دهد.
till-preview-nothing = امتیازی نمی‌دهد.
till-rewards = جایزه‌ها
till-no-rewards = اکنون جایزه‌ای نیست.
till-next-reward = {$points} دیگر تا {$reward}.
till-held = در انتظار مشتری
till-hand-over = تحویل دهید
till-hand-over-how = بهای آن پرداخت شده است. یک بار تحویل دهید.
till-free = رایگان
till-redeem-how = {$cost} کم می‌شود، {$left} می‌ماند.
till-redeem-free = هزینه‌ای ندارد.
till-name-compared = نام روی گوشی را مقایسه کردم.
till-gift-card = کارت هدیه: {$money}
till-challenge = {$name}: {$done} از {$goal}
till-next = مشتری بعدی
till-rules = برنامه چگونه کار می‌کند
till-rules-bonus = هر که عضو شود با {$points} آغاز می‌کند.
till-rules-redeem = امتیاز جایزه در لحظهٔ تحویل کم می‌شود.
till-rules-undo = اشتباه لحظه‌ای پیش را اینجا برگردانید؛ پس از آن مدیر برمی‌گرداند.
till-rules-lost = کارت گم‌شده: با تلفن یا ایمیل پیدا کنید. موجودی می‌ماند.

till-camera-refused = دوربین بسته است. برای این صفحه اجازه دهید یا شماره را بنویسید.
till-camera-none = دوربینی نیست. از اسکنر استفاده کنید یا شماره را بنویسید.
till-torch = چراغ
till-cameras = دوربین
till-offline-title = صندوق بی‌شبکه
till-offline = شبکه نیست. خریدها اینجا می‌ماند و با آمدن شبکه فرستاده می‌شود.
till-offline-rewards = جایزه‌ها شبکه می‌خواهد: شاید موجودی عوض شده باشد.
till-queued = نگه داشته شد. با آمدن شبکه فرستاده می‌شود و امتیاز همان‌گاه می‌رسد.
till-waiting = در انتظار فرستادن: #
till-dismiss = دیدم
till-stale = موجودی # در @

till-joined = عضو شد
till-join-how = بگذارید مشتری این را با گوشی‌اش اسکن کند. همین که عضو شود کارت اینجا باز می‌شود.
till-join-there = عضو شد، باز کن
till-done-joined = {$name} عضو شد و {$balance} دارد.
till-done-order = {$points} افزوده شد. {$name} اکنون {$balance} دارد.
till-done-nothing = خرید ثبت شد و امتیازی ندارد. {$name} {$balance} دارد.
till-done-reward = تحویل دهید: {$reward}. {$name} اکنون {$balance} دارد.
till-done-hand-over = تحویل دهید: {$reward}.
till-done-undone = برگردانده شد. {$name} همان را دارد که پیش‌تر داشت.
till-tried = تمرین: {$name} {$balance} می‌داشت. چیزی نوشته نشد.

till-fault-unknown = کارت ناشناس است. دوباره اسکن کنید یا با نام، تلفن یا ایمیل بگردید.
till-fault-check-digit = یک نویسه نادرست است. دوباره به کارت نگاه کنید.
till-fault-replaced = این کارت عوض شده است. کارت تازه را بخواهید.
till-fault-voided = این کارت باطل است و کاری با آن نمی‌شود کرد.
till-fault-blocked = این عضو مسدود است. از مدیر بپرسید.
till-fault-points = امتیاز کافی نیست.
till-fault-sold-out = از این جایزه چیزی نمانده است.
till-fault-reward = این جایزه اکنون داده نمی‌شود.
till-fault-limit = عضو فعلاً به سقف خود رسیده است.
till-fault-velocity = خریدهای زیاد در زمان کوتاه. از مدیر بپرسید.
till-fault-stale = شاید این عکس کارت باشد. صفحهٔ گوشی را دوباره اسکن کنید یا نام را مقایسه کنید.
till-fault-own = کسی کارت خودش را انجام نمی‌دهد. از همکاری بخواهید.
till-fault-not-own = همکاری این کار را کرده است. از او یا مدیر بخواهید برگرداند.
till-fault-too-late = زمان برگرداندن گذشته است. از مدیر بخواهید.
till-fault-settled = این کار پیش‌تر انجام یا برگردانده شده است.
till-fault-expired = زمان این جایزه گذشته است.
till-fault-form = این صفحه از بازدید پیشین است. صندوق را دوباره باز کنید.
till-fault-role = نقش شما اجازهٔ این کار را ندارد. از مدیر بخواهید.
till-fault-guesses = کارت‌های ناشناس زیاد بود. کمی صبر کنید.
till-fault-amount = این مبلغ نیست. این‌گونه بنویسید: {$example}.
till-fault-other = نشد: {$detail}

# A customer asks for the card that they joined with before.
till-recover = کارت برای گوشی دیگر
till-recover-whose = کسی با مشخصات {$name} پیوسته و کارت را روی این گوشی می‌خواهد.
till-recover-how = فقط اگر مطمئن هستید که خود اوست: او را می‌شناسید، مدرکی نشان می‌دهد، یا می‌تواند آنچه اینجا می‌خوانید را بگوید.
till-recover-since = عضو از {$date}
till-recover-moved = آخرین جابه‌جایی امتیاز در {$date}
till-recover-allow = خود اوست: کارت را باز کن
till-recover-no = نه، بازگشت به آغاز
till-recover-over = کد از یک ربع ساعت کهنه‌تر است. بگذارید مشتری دوباره بپیوندد تا کد تازه‌ای بگیرد.
till-recovered = کارت روی گوشی دیگر
till-done-recovered = کارت {$name} دوباره روی گوشی است، با {$balance}.
