"""bench-orders.py DATABASE COUNT PLAN CHANNEL: that many delivered orders of the last two years, as the program writes them; prints
numbers to find some of them by, each kind in turn. For bench.sh, with the program stopped."""
import random
import sqlite3
import sys
import time

path, count, plan, channel = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
letters = "3467ACDEFGHJKMNPQRTWXY"
draw = random.Random(1)
db = sqlite3.connect(path)
now = int(time.time() * 1000)
span = 2 * 365 * 86_400_000
(tenant,) = db.execute("SELECT tenant_id FROM plans WHERE id = ?", (plan,)).fetchone()


def uuid7(at, n):
    """Sorted by time, as the program's are."""
    text = f"{at:012x}7{n:03x}a{draw.getrandbits(60):015x}"[:32]
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def short(n):
    """A number of an order: eight letters, another for each n."""
    n = n * 1_000_000_007 % 22**8
    return "".join(letters[n // 22**i % 22] for i in range(8))


def rows(begin, end):
    for n in range(begin, end):
        at = now - span + span * n // count
        price = draw.choice((990, 1250, 2990, 9900))
        yield (uuid7(at, 1), short(n), f"{draw.getrandbits(128):032x}", f"buyer{n}@example.com", price, at, uuid7(at, 2), f"GH{n:012d}", f"2026{n:018d}", f"{draw.getrandbits(256):064x}",
               uuid7(at, 3), uuid7(at, 4), uuid7(at, 5), uuid7(at, 6))


numbers = []
step = 50_000
for begin in range(0, count, step):
    chunk = list(rows(begin, min(begin + step, count)))
    with db:
        db.executemany(
            "INSERT INTO orders (id, tenant_id, number, token, kind, state, email, plan_id, name, quantity, delivery, currency, unit_price, total, amount, channel_id, created_at, expires_at, paid_at, delivered_at) "
            "VALUES (?, ?, ?, ?, 'new', 'delivered', ?, ?, 'VIP', 1, 'key', 'CNY', ?, ?, ?, ?, ?, ?, ?, ?)",
            ((r[0], tenant, r[1], r[2], r[3], plan, r[4], r[4], r[4], channel, r[5], r[5] + 1_800_000, r[5] + 60_000, r[5] + 60_000) for r in chunk))
        db.executemany("INSERT INTO order_events (order_id, id, tenant_id, at, kind) VALUES (?, ?, ?, ?, ?)",
                       (e for r in chunk for e in ((r[0], r[11], tenant, r[5], "created"), (r[0], r[12], tenant, r[5] + 60_000, "delivered"))))
        db.executemany(
            "INSERT INTO payment_attempts (id, tenant_id, order_id, channel_id, trade_number, currency, amount, state, gateway_number, created_at, paid_at) VALUES (?, ?, ?, ?, ?, 'CNY', ?, 'paid', ?, ?, ?)",
            ((r[6], tenant, r[0], channel, r[7], r[4], r[8], r[5], r[5] + 60_000) for r in chunk))
        db.executemany("INSERT INTO payments (id, tenant_id, channel_id, gateway_number, proof, attempt_id, order_id, currency, amount, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'CNY', ?, ?)",
                       ((r[10], tenant, channel, r[8], r[9], r[6], r[0], r[4], r[5] + 60_000) for r in chunk))
        db.executemany("INSERT INTO ledger_transactions (id, tenant_id, kind, currency, order_id, payment_id, created_at) VALUES (?, ?, 'sale', 'CNY', ?, ?, ?)",
                       ((r[13], tenant, r[0], r[10], r[5] + 60_000) for r in chunk))
        db.executemany("INSERT INTO ledger_entries (transaction_id, account, tenant_id, currency, amount, created_at) VALUES (?, ?, ?, 'CNY', ?, ?)",
                       (e for r in chunk for e in ((r[13], f"clearing:{channel}", tenant, r[4], r[5] + 60_000), (r[13], "revenue", tenant, -r[4], r[5] + 60_000))))
    for r in draw.sample(chunk, min(20, len(chunk))):
        numbers += [r[1], r[7], r[8], r[9], r[3]]
print("\n".join(numbers))
