# Automations: what sets them off, what they say and give.
automations = Automations
autos-none = There is no automation yet. Begin with a ready one: it does nothing until you switch it on.
autos-ready-how = Each comes with its text in five languages. Look at it, keep it, switch it on.
auto-write = Write another one
auto-new = A new automation
auto-on = on
auto-off = off
auto-saved = It is kept.
auto-started = It is on. What happens from now on sets it off.
auto-paused = It is off. Whoever is due meanwhile hears nothing.
auto-start = Switch it on
auto-pause = Switch it off
auto-change = Change it
auto-keep = Keep it
auto-try = How it looks on a card
auto-did = What it did
auto-since = Since
auto-waiting = Wait for their time
auto-given = Were given something
auto-when = When
auto-then = And then
auto-trigger = What sets it off
auto-when-joined = They joined
auto-when-order = They bought something
auto-when-numbered = They bought for the time number {$number}
auto-when-event = An event came
auto-when-near = A reward is near
auto-when-missing = At most {$points} points short of a reward
auto-when-ready = Their points suffice for a reward
auto-when-tier = They reached a higher tier
auto-when-expiring = Their points expire soon
auto-when-each-day = Each day, all who are meant then
auto-when-at = Each day at {$time}
auto-number = Only their purchase number
auto-of = Only with one of these categories
auto-of-how = With commas between. Of a purchase; empty for any.
auto-event = Event, by its type
auto-event-how = As your website or till sends it, such as cart.
auto-missing = So many points are missing for the reward, or fewer
auto-time = Time of day
auto-wait = Wait
auto-wait-how = Empty: at once. If it happens again meanwhile, the time counts anew.
auto-unit = Counted in
auto-days = days
auto-hours = hours
auto-minutes = minutes
auto-unless = Call it off if they buy something meanwhile
auto-unless-it = called off by: {$what}
auto-who = Who is meant
auto-who-how = Asked when the wait is over: who no longer fits hears nothing.
auto-who-birthday = Birthday today
auto-who-quiet = Bought nothing for 30 days
auto-again = Not again for so many days
auto-gives = What it gives
auto-gives-how = It comes to everybody who is meant, also to who wants no messages.
auto-gives-points = gives points: {$points}
auto-gives-reward = gives: {$reward}
auto-points = Points
auto-gift = A reward
auto-no-gift = none
auto-webhook = Tell webhooks, for e-mail or SMS
auto-webhook-never = never
auto-webhook-unreachable = of those whose card is in no wallet
auto-webhook-always = of everybody who agreed
auto-bad-nothing = Write what the card says, or say what it gives.
auto-bad-again = Say after how many days a member is meant again; else the same ones would be meant each time.
auto-bad-who = Say who is meant: what looks each day needs a segment.
auto-bad-event = Enter the type of the event: letters, digits, - and _.
auto-bad-missing = Enter how many points may be missing, 1 or more.
auto-bad-number = Enter 1 for the first purchase, 2 for the second, up to 10,000.
auto-bad-points = Enter 1 to 1,000,000 points.
auto-bad-time = Enter a time of day such as 09:00.
auto-bad-wait = Enter a whole number; the wait may last up to a year.
auto-bad-wait-daily = What looks each day does not wait. Choose another time of day.
auto-bad-days = Enter 0 to 3,660 days.
auto-bad-unless = What does not wait cannot be called off. Give a wait.
auto-bad-webhook = There is no message that webhooks could be told.
auto-joined = Welcome
auto-text-joined = Welcome, {"{"}first_name|friend{"}"}! Show this card each time: you have {"{"}points{"}"} {"{"}point_name{"}"} already.
auto-second = The second visit
auto-text-second = {"{"}first_name|Friend{"}"}, we would love to see you again. Your {"{"}points{"}"} {"{"}point_name{"}"} wait for you.
auto-tenth = The tenth purchase
auto-text-tenth = Ten times already! As thanks there are more {"{"}point_name{"}"} on your card: {"{"}points{"}"}.
auto-near = A reward is near
auto-text-near = Nearly there: {"{"}reward_missing|a little{"}"} more for {"{"}reward|a reward{"}"}.
auto-reward = A reward is ready
auto-text-reward = Your {"{"}points{"}"} {"{"}point_name{"}"} suffice for a reward. Show this card to choose it.
auto-tier = A higher tier
auto-text-tier = Congratulations, {"{"}first_name|friend{"}"}: you are {"{"}tier|a valued guest{"}"} now.
auto-expiring = Points that expire
auto-text-expiring = {"{"}expiring_points|Some{"}"} {"{"}point_name{"}"} expire on {"{"}expires_on|a day soon{"}"}. Come by and use them.
auto-birthday = Birthday
auto-text-birthday = Happy birthday, {"{"}first_name|friend{"}"}! A gift is on your card.
auto-quiet = Not seen for a while
auto-text-quiet = It has been a while, {"{"}first_name|friend{"}"}. You have {"{"}points{"}"} {"{"}point_name{"}"} to spend.
auto-lapsed = Win back
auto-text-lapsed = We miss you, {"{"}first_name|friend{"}"}. With our gift you have {"{"}points{"}"} {"{"}point_name{"}"}: come and use them.
auto-cart = Left in the cart
auto-text-cart = Still thinking it over, {"{"}first_name|friend{"}"}? Your cart waits for you.
auto-survey = A survey after a purchase
auto-text-survey = How was it, {"{"}first_name|friend{"}"}? Open your card and tell us in a minute.
auto-review = Ask for a review
auto-text-review = You know us well by now, {"{"}first_name|friend{"}"}. Would you recommend us to others with a few words?
auto-goes-with = What goes with it
auto-text-goes-with = There is something that goes well with what you bought, {"{"}first_name|friend{"}"}. Ask us about it.
auto-after-days = after { $count ->
    [one] {$count} day
   *[other] {$count} days
}
auto-after-hours = after { $count ->
    [one] {$count} hour
   *[other] {$count} hours
}
auto-after-minutes = after { $count ->
    [one] {$count} minute
   *[other] {$count} minutes
}
auto-again-in = not again for { $days ->
    [one] {$days} day
   *[other] {$days} days
}
