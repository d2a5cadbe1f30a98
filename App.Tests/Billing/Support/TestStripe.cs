using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Billing.Support;

/// <summary>Stripe Checkout. Its notifies go to <see cref="Webhook"/>, which an operator sets on a page of theirs: a payment does not say where.</summary>
public sealed class TestStripe : TestGateway
{
    private readonly ConcurrentDictionary<string, (string Body, (int Status, string Body) Answer)> _seen = new();

    private TestStripe(TimeProvider? clock) : base(clock)
    {
    }

    public string SecretKey { get; } = "sk_test_" + Random();

    public string WebhookSecret { get; } = "whsec_" + Random(16);

    /// <summary>The notify address of the channel.</summary>
    public string Webhook { get; set; } = "";

    /// <summary>What refunds say at first: <c>succeeded</c>, or <c>pending</c> and <see cref="Settle"/> later.</summary>
    public string RefundStatus { get; set; } = "succeeded";

    public static Task<TestStripe> Start(TimeProvider? clock = null) => Open(new TestStripe(clock));

    public override Dictionary<string, string> Settings => new() { ["url"] = Address, ["secret_key"] = SecretKey, ["webhook_secret"] = WebhookSecret };

    protected override IReadOnlyList<TimeSpan> Schedule => [TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(12)];

    protected override string Refusal => """{"error":{"type":"invalid_request_error","code":"parameter_invalid","message":"Not today."}}""";

    /// <summary>All refunds have this state now.</summary>
    public void Settle(string status) => RefundStatus = status;

    protected override (int Status, string Body) Serve(Asked asked)
    {
        if (asked.Headers.GetValueOrDefault("Authorization") != "Bearer " + SecretKey || !asked.Headers.ContainsKey("Stripe-Version"))
            return Error(401, "invalid_request_error", "Invalid API Key provided.");
        if (!asked.Headers.TryGetValue("Idempotency-Key", out var key))
            return Answer(asked);
        var seen = _seen.GetOrAdd(key, _ => (asked.Body, Answer(asked)));
        return seen.Body == asked.Body ? seen.Answer : Error(400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters they were first used with.");
    }

    protected override (HttpRequestMessage Request, Func<int, string, bool> Accepts) Notify(TestOrder order, Notice how)
    {
        var kind = how.Event ?? "checkout.session.completed";
        var thing = kind.StartsWith("checkout.session.", StringComparison.Ordinal) ? Session(order)
            : new JsonObject
            {
                ["id"] = "ch_" + Random(), ["payment_intent"] = Intent(order), ["amount"] = long.Parse(order.Amount, CultureInfo.InvariantCulture), ["amount_refunded"] = (long)order.Refunds.Values.Sum(), ["currency"] = order.Currency,
                ["metadata"] = kind == "charge.refunded" ? new JsonObject { ["order"] = order.TradeNumber } : [],
            };
        var fields = thing.ToDictionary(m => m.Key, m => m.Value?.ToJsonString() ?? "null");
        how.Signing?.Invoke(fields);
        var body = Event(kind, fields);
        var at = Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var sign = Signatures.Hmac(how.Key ?? WebhookSecret, $"{at}.{body}");
        if (how.Tampering is { } tampering)
        {
            tampering(fields);
            body = Event(kind, fields);
        }
        var request = new HttpRequestMessage(HttpMethod.Post, how.Url ?? Webhook) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Stripe-Signature", $"t={at},v1={sign},v0={Random(32)}");
        return (request, (status, _) => status is >= 200 and < 300);
    }

    private static string Event(string kind, Dictionary<string, string> fields) =>
        $$"""{"id":"evt_{{Signatures.Md5(kind + fields.GetValueOrDefault("id"))}}","object":"event","livemode":false,"type":"{{kind}}","data":{"object":{""" + string.Join(',', fields.Select(f => $"\"{f.Key}\":{f.Value}")) + "}}}";

    private (int Status, string Body) Answer(Asked asked)
    {
        var path = asked.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (asked.Method, path) switch
        {
            ("POST", ["v1", "checkout", "sessions"]) => Create(asked),
            ("GET", ["v1", "checkout", "sessions", var id]) => Find(id) is { } order ? (200, Session(order).ToJsonString()) : Missing,
            ("POST", ["v1", "checkout", "sessions", var id, "expire"]) => Find(id) is { } order ? Expire(order) : Missing,
            ("POST", ["v1", "refunds"]) => Refund(asked),
            ("GET", ["v1", "refunds"]) => (200, new JsonObject { ["object"] = "list", ["has_more"] = false, ["data"] = new JsonArray([.. (ByIntent(asked)?.Refunds ?? []).Select(r => Refunded(r.Key, r.Value))]) }.ToJsonString()),
            _ => Error(404, "invalid_request_error", "Unrecognized request URL."),
        };
    }

    private (int, string) Create(Asked asked)
    {
        var fields = asked.Fields;
        var (number, ends) = (fields["client_reference_id"], DateTimeOffset.FromUnixTimeSeconds(long.Parse(fields["expires_at"], CultureInfo.InvariantCulture)));
        if (fields["mode"] != "payment" || fields["line_items[0][quantity]"] != "1" || fields["metadata[order]"] != number || fields["adaptive_pricing[enabled]"] != "false")
            return Error(400, "invalid_request_error", "Something is missing.");
        if (ends < Now.AddMinutes(30) || ends > Now.AddHours(24))
            return Error(400, "invalid_request_error", "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.");
        var order = Orders[number] = new()
        {
            TradeNumber = number, GatewayNumber = "cs_test_" + Random(16), Amount = fields["line_items[0][price_data][unit_amount]"], Currency = fields["line_items[0][price_data][currency]"], NotifyUrl = "", Fields = fields,
        };
        return (200, Session(order).ToJsonString());
    }

    private (int, string) Expire(TestOrder order)
    {
        if (order.Paid || order.Closed)
            return Error(400, "invalid_request_error", $"Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `{(order.Paid ? "complete" : "expired")}`.");
        order.Closed = true;
        return (200, Session(order).ToJsonString());
    }

    private (int, string) Refund(Asked asked)
    {
        if (ByIntent(asked) is not { Paid: true } order)
            return Error(404, "invalid_request_error", "No such payment_intent.");
        var amount = decimal.Parse(asked.Fields["amount"], CultureInfo.InvariantCulture);
        if (order.Refunds.Values.Sum() + amount > decimal.Parse(order.Amount, CultureInfo.InvariantCulture))
            return Error(400, "invalid_request_error", "Refund amount is greater than unrefunded amount on charge.");
        order.Refunds[asked.Fields["metadata[refund]"]] = amount;
        return (200, Refunded(asked.Fields["metadata[refund]"], amount).ToJsonString());
    }

    private JsonObject Refunded(string number, decimal amount) => new() { ["id"] = "re_" + Signatures.Md5(number)[..8], ["object"] = "refund", ["amount"] = (long)amount, ["status"] = RefundStatus, ["metadata"] = new JsonObject { ["refund"] = number } };

    private JsonObject Session(TestOrder order) => new()
    {
        ["id"] = order.GatewayNumber, ["object"] = "checkout.session", ["url"] = order.Paid || order.Closed ? null : $"{Address}/c/pay/{order.GatewayNumber}", ["status"] = order.Paid ? "complete" : order.Closed ? "expired" : "open",
        ["payment_status"] = order.Paid ? "paid" : "unpaid", ["payment_intent"] = order.Paid ? Intent(order) : null, ["client_reference_id"] = Trouble == Trouble.WrongOrder ? "another" : order.TradeNumber,
        ["metadata"] = new JsonObject([.. order.Fields.Where(f => f.Key.StartsWith("metadata[", StringComparison.Ordinal)).Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key[9..^1], f.Value))]), ["amount_total"] = Trouble == Trouble.WrongAmount ? 1 : long.Parse(order.Amount, CultureInfo.InvariantCulture), ["currency"] = order.Currency,
    };

    private static string Intent(TestOrder order) => "pi_" + order.GatewayNumber[8..];

    private TestOrder? ByIntent(Asked asked) => Orders.Values.FirstOrDefault(o => Intent(o) == asked.Fields.GetValueOrDefault("payment_intent"));

    private TestOrder? Find(string id) => Orders.Values.FirstOrDefault(o => o.GatewayNumber == id);

    private static (int, string) Missing => Error(404, "invalid_request_error", "No such checkout.session.");

    private static (int, string) Error(int status, string type, string message) => (status, new JsonObject { ["error"] = new JsonObject { ["type"] = type, ["message"] = message } }.ToJsonString());
}
