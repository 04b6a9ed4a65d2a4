# The console: where whoever runs the program works.

console-skip = Skip to the work
console-rooms = Console
console-program = Program
console-program-show = Show
role-owner = Owner
role-manager = Manager
role-marketer = Marketer
role-cashier = Cashier
role-integration = Integration
role-auditor = Auditor

console-overview = Overview
console-today = Today
console-joined = New members
console-orders = Orders with points
console-given = Points given
console-used = Points used
console-moved = Latest movements
console-moved-none = Nothing has moved yet. The first order at the till shows here.
console-newest = Newest members
console-newest-none = Nobody has joined yet. Put the poster on your counter.
console-poster = Poster for the counter
console-join = Page where customers join
