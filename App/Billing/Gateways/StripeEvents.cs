using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Messaging.Formats;

namespace Gatehouse.Billing.Gateways;

/// <summary>Stripe's webhooks: at least once, in no order, and also of what else happens in the same account.</summary>
internal static class StripeEvents
{
    public const string Header = "stripe-signature";
    private const int Tolerance = 300;
    private static readonly CallbackAnswer Taken = new(200, "ok");

    /// <summary>Over the time in seconds, a point, and the body as it came.</summary>
    internal static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(timestamp + "."));
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    public static CallbackReading Read(GatewayCallback c)
    {
        // t=…,v1=…,v1=…,v0=…: while a secret is being replaced there is one for each.
        var parts = c.Headers.GetValueOrDefault(Header, "").Split(',', StringSplitOptions.TrimEntries).Select(p => p.Split('=', 2)).Where(p => p.Length == 2).ToList();
        var timestamp = parts.Find(p => p[0] == "t")?[1] ?? "";
        var signatures = parts.Where(p => p[0] == "v1").Select(p => p[1]).ToList();
        var secrets = new[] { c["webhook_secret"], c["old_webhook_secret"] }.Where(s => s.Length > 0).ToList();
        var json = GatewayJson.Parse(c.Body.Span);
        var (kind, thing) = (json.At("type").Text(), json.At("data").At("object"));
        var checks = new CallbackChecks()
            .And("secret", () => c["webhook_secret"].Length > 0)
            .And("algorithm", () => signatures.Count > 0)
            .And("signature", () => secrets.Exists(s => Sign(s, timestamp, c.Body.Span) is var expected && signatures.Exists(given => SignedFields.Same(expected, given))))
            .And("time", () => long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && Math.Abs((decimal)c.Now.ToUnixTimeSeconds() - at) <= Tolerance)
            .And("form", () => kind.Length > 0 && thing.ValueKind == JsonValueKind.Object)
            .And("merchant", () => IsOfAccount(c["secret_key"], json.At("livemode")));
        return kind.StartsWith("checkout.session.", StringComparison.Ordinal) ? Session(checks, kind, thing) : Other(checks, kind, thing);
    }

    /// <summary>An event of a session that was paid.</summary>
    public static GatewayCallback Sample(GatewayCall c)
    {
        var body = Encoding.UTF8.GetBytes(Wire.Text(new JsonObject
        {
            ["id"] = "evt_sample", ["object"] = "event", ["type"] = "checkout.session.completed", ["livemode"] = !c["secret_key"].Contains("_test_", StringComparison.Ordinal),
            ["data"] = new JsonObject
            {
                ["object"] = new JsonObject
                {
                    ["id"] = "cs_sample", ["object"] = "checkout.session", ["status"] = "complete", ["payment_status"] = "paid", ["payment_intent"] = "pi_sample", ["client_reference_id"] = c.Payment.TradeNumber,
                    ["metadata"] = new JsonObject { ["order"] = c.Payment.TradeNumber }, ["amount_total"] = Stripe.Units(c.Payment.Amount, c.Payment.Currency), ["currency"] = c.Payment.Currency.ToLowerInvariant(),
                },
            },
        }));
        var timestamp = c.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return GatewayCallback.Post(c.Values, "application/json", body, new Dictionary<string, string> { [Header] = $"t={timestamp},v1={Sign(c["webhook_secret"], timestamp, body)}" }, c.Now);
    }

    private static CallbackReading Session(CallbackChecks checks, string kind, JsonElement session)
    {
        var (order, currency) = (session.At("metadata").At("order").Text(), session.At("currency").Text().ToUpperInvariant());
        var (id, amount) = (session.At("id").Text(), Stripe.Major(session.At("amount_total").Text(), currency));
        // Whatever else sells through the account has sessions, too: ours say so twice.
        checks.Look("order", () => order.Length > 0 && session.At("client_reference_id").Text() == order ? CallbackClaim.Paid : CallbackClaim.Nothing)
            .And("numbers", () => SignedFields.IsNumber(order) && SignedFields.IsNumber(id))
            .Look("status", () => kind["checkout.session.".Length..] switch
            {
                "completed" or "async_payment_succeeded" when session.At("payment_status").Text() is "paid" or "no_payment_required" => CallbackClaim.Paid,
                "async_payment_failed" or "expired" => CallbackClaim.Closed,
                _ => CallbackClaim.Nothing,
            })
            .And("amount", () => amount.Length > 0 && currency.Length == 3);
        return new(checks.Claim, checks.Done, order, id, amount, currency.Length == 3 ? currency : null, Taken, CallbackAnswer.Fail) { Proof = Stripe.Intent(session.At("payment_intent")), Event = kind, Channel = session.At("metadata").At("channel").Text() };
    }

    private static CallbackReading Other(CallbackChecks checks, string kind, JsonElement thing)
    {
        checks.Look("status", () => kind is "charge.refunded" or "refund.updated" or "refund.failed" or "charge.dispute.created" or "charge.dispute.closed" ? CallbackClaim.Returned : CallbackClaim.Nothing);
        var currency = thing.At("currency").Text().ToUpperInvariant();
        var amount = Stripe.Major(thing.At(kind == "charge.refunded" ? "amount_refunded" : "amount").Text(), currency);
        // Found by what it was paid with: a dispute does not say more.
        return new(checks.Claim, checks.Done, thing.At("metadata").At("order").Text(), "", amount, currency.Length == 3 ? currency : null, Taken, CallbackAnswer.Fail)
        {
            Proof = Stripe.Intent(thing.At("payment_intent")), Event = kind,
            Won = kind != "charge.dispute.closed" ? null : thing.At("status").Text() switch { "won" or "warning_closed" => true, "lost" => false, _ => null },
        };
    }

    // A key for tests makes no money.
    private static bool IsOfAccount(string key, JsonElement live) =>
        live.ValueKind is JsonValueKind.True or JsonValueKind.False && (live.ValueKind == JsonValueKind.True) != key.Contains("_test_", StringComparison.Ordinal);
}
