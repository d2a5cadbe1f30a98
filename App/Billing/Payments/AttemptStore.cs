using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Billing.Gateways;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Payments;

/// <summary>A try to pay an order by a channel. Only a call that stood every check, an answer of the gateway or staff mark it as paid.</summary>
/// <param name="TradeNumber">Ours, which the gateway knows it by: never used twice.</param>
/// <param name="State"><see cref="Pending"/>, <see cref="Paid"/> or <see cref="Closed"/>.</param>
/// <param name="Prompt">What the payer is shown; null until the gateway has answered.</param>
/// <param name="Asked">How often the clock had the gateway asked about it.</param>
public sealed record PaymentAttempt(string Id, string OrderId, string ChannelId, string TradeNumber, string Currency, long Amount, string State, string GatewayNumber, PaymentPrompt? Prompt, long Calls, long Asked, long CreatedAt, long? PaidAt)
{
    /// <summary>What the buyer pays for the channel: within <see cref="Amount"/>.</summary>
    public long Fee { get; init; }

    /// <summary>What the channel keeps of the amount at the operator's cost.</summary>
    public long Kept { get; init; }

    public const string Pending = "pending";
    public const string Paid = "paid";
    public const string Closed = "closed";
}

/// <summary>Money that came in: one payment of a gateway, however often it is told.</summary>
/// <param name="Problem">Why it waits for staff, a name of <see cref="PaymentProblem"/>; null: it fitted.</param>
/// <param name="OpenAmount">How much of it lies in suspense, in minor units.</param>
public sealed record Payment(string Id, string ChannelId, string GatewayNumber, string Proof, string? AttemptId, string? OrderId, string Currency, long Amount, string? Problem, long OpenAmount, long CreatedAt, long? ResolvedAt, string Resolution)
{
    /// <summary>The number that its gateway named, where no attempt here has it; empty: there is one.</summary>
    public string Named { get; init; } = "";
}

/// <summary>What may be the matter with money that came in. The words are <c>payments.problem.NAME</c>.</summary>
public static class PaymentProblem
{
    /// <summary>Nothing here has such a number.</summary>
    public const string Unknown = "unknown";
    public const string Underpaid = "underpaid";
    public const string Overpaid = "overpaid";

    /// <summary>The order was paid already.</summary>
    public const string Twice = "twice";

    /// <summary>The order was given up before, and its stock is gone.</summary>
    public const string Late = "late";

    /// <summary>Another currency than was asked for.</summary>
    public const string Currency = "currency";

    public static readonly IReadOnlyList<string> All = [Unknown, Underpaid, Overpaid, Twice, Late, Currency];
}

/// <summary>Attempts and payments in the database.</summary>
internal static class AttemptStore
{
    private const string Select = "SELECT a.id, a.order_id, a.channel_id, a.trade_number, a.currency, a.amount, a.state, a.gateway_number, a.prompt, a.calls, a.asked, a.created_at, a.paid_at, a.fee, a.kept FROM payment_attempts a";

    private const string SelectPayment = "SELECT p.id, p.channel_id, p.gateway_number, p.proof, p.attempt_id, p.order_id, p.currency, p.amount, p.problem, p.open_amount, p.created_at, p.resolved_at, p.resolution, p.named FROM payments p";

    public static ValueTask<PaymentAttempt?> Find(ReadTx s, string tenant, string id) => s.One(Select + " WHERE a.tenant_id = @tenant AND a.id = @id", Map, ("tenant", tenant), ("id", id));

    public static ValueTask<PaymentAttempt?> ByNumber(ReadTx s, string tenant, string number) => s.One(Select + " WHERE a.tenant_id = @tenant AND a.trade_number = @number", Map, ("tenant", tenant), ("number", number));

    /// <summary>An order's, the latest first.</summary>
    public static ValueTask<List<PaymentAttempt>> OfOrder(ReadTx s, string tenant, string order) =>
        s.All(Select + " WHERE a.order_id = @order AND a.tenant_id = @tenant ORDER BY a.id DESC LIMIT 100", Map, ("order", order), ("tenant", tenant));

    public static async ValueTask Insert(WriteTx s, string tenant, PaymentAttempt a, long? askAt) => await s.Execute(
        """
        INSERT INTO payment_attempts (id, tenant_id, order_id, channel_id, trade_number, currency, amount, state, gateway_number, prompt, ask_at, created_at, fee, kept)
        VALUES (@id, @tenant, @order, @channel, @number, @currency, @amount, @state, @gateway, @prompt, @ask, @now, @fee, @kept)
        """,
        ("id", a.Id), ("tenant", tenant), ("fee", a.Fee), ("kept", a.Kept), ("order", a.OrderId), ("channel", a.ChannelId), ("number", a.TradeNumber), ("currency", a.Currency), ("amount", a.Amount), ("state", a.State),
        ("gateway", a.GatewayNumber), ("prompt", Json(a.Prompt)), ("ask", askAt), ("now", a.CreatedAt));

    /// <summary>What the gateway answered when it was asked for money.</summary>
    public static async ValueTask Prompted(WriteTx s, string tenant, string id, PaymentPrompt? prompt, string gatewayNumber) => await s.Execute(
        "UPDATE payment_attempts SET prompt = @prompt, gateway_number = CASE WHEN @number = '' THEN gateway_number ELSE @number END WHERE tenant_id = @tenant AND id = @id",
        ("prompt", Json(prompt)), ("number", gatewayNumber), ("tenant", tenant), ("id", id));

    /// <summary>From pending to another state: false when it was no longer pending.</summary>
    public static async ValueTask<bool> Move(WriteTx s, string tenant, string id, string state, string gatewayNumber, long? paidAt) => await s.Execute(
        "UPDATE payment_attempts SET state = @state, gateway_number = @number, paid_at = @paid, ask_at = NULL WHERE tenant_id = @tenant AND id = @id AND state <> 'paid'",
        ("state", state), ("number", gatewayNumber), ("paid", paidAt), ("tenant", tenant), ("id", id)) == 1;

    /// <summary>Says when the gateway is asked next, now that it is.</summary>
    /// <param name="after">Minutes from one time to the next; the last of them also where the order was given up, once more than there are.</param>
    public static async ValueTask AskLater(WriteTx s, string tenant, string id, long[] after)
    {
        if (await Find(s, tenant, id) is not { } seen)
            return;
        var next = seen.Asked + 1;
        long? minutes = next < after.Length ? after[next] : seen.State == PaymentAttempt.Closed && next <= after.Length + 1 ? after[^1] : null;
        await s.Execute("UPDATE payment_attempts SET asked = @asked, ask_at = @next WHERE tenant_id = @tenant AND id = @id AND state <> 'paid'",
            ("asked", next), ("next", await s.Now() + minutes * 60_000), ("tenant", tenant), ("id", id));
    }

    /// <summary>The one that has the gateway's number in that channel.</summary>
    public static ValueTask<Payment?> PaymentOf(ReadTx s, string channel, string gatewayNumber) =>
        s.One(SelectPayment + " WHERE p.channel_id = @channel AND p.gateway_number = @number", MapPayment, ("channel", channel), ("number", gatewayNumber));

    /// <summary>Payments <c>p</c> that a list shows, newest first.</summary>
    public static ValueTask<List<Payment>> Payments(ReadTx s, SqlFilter filter, int limit) =>
        s.All($"{SelectPayment} WHERE {filter.Sql} ORDER BY p.id DESC LIMIT @limit", MapPayment, filter.Args(("limit", (long)limit)));

    /// <summary>The first that came by an attempt.</summary>
    public static ValueTask<Payment?> PaymentBy(ReadTx s, string tenant, string attempt) =>
        s.One(SelectPayment + " WHERE p.order_id = (SELECT order_id FROM payment_attempts WHERE id = @attempt) AND p.attempt_id = @attempt AND p.tenant_id = @tenant ORDER BY p.id LIMIT 1", MapPayment, ("attempt", attempt), ("tenant", tenant));

    /// <summary>Our number of the attempt that a channel's payment with that proof was for.</summary>
    public static ValueTask<string?> NumberByProof(ReadTx s, string channel, string proof) => s.One(
        "SELECT a.trade_number FROM payments p JOIN payment_attempts a ON a.id = p.attempt_id WHERE p.tenant_id = (SELECT tenant_id FROM payment_channels WHERE id = @channel) AND p.proof = @proof AND p.channel_id = @channel ORDER BY p.id LIMIT 1",
        r => r.GetString(0), ("channel", channel), ("proof", proof));

    public static ValueTask<Payment?> Payment(ReadTx s, string tenant, string id) => s.One(SelectPayment + " WHERE p.tenant_id = @tenant AND p.id = @id", MapPayment, ("tenant", tenant), ("id", id));

    /// <summary>An order's, the first first.</summary>
    public static ValueTask<List<Payment>> PaymentsOf(ReadTx s, string tenant, string order) =>
        s.All(SelectPayment + " WHERE p.order_id = @order AND p.tenant_id = @tenant ORDER BY p.id LIMIT 100", MapPayment, ("order", order), ("tenant", tenant));

    public static async ValueTask Insert(WriteTx s, string tenant, Payment p) => await s.Execute(
        """
        INSERT INTO payments (id, tenant_id, channel_id, gateway_number, proof, attempt_id, order_id, currency, amount, problem, open_amount, created_at, named)
        VALUES (@id, @tenant, @channel, @number, @proof, @attempt, @order, @currency, @amount, @problem, @open, @now, @named)
        """,
        ("id", p.Id), ("tenant", tenant), ("channel", p.ChannelId), ("number", p.GatewayNumber), ("proof", p.Proof), ("attempt", p.AttemptId), ("order", p.OrderId), ("currency", p.Currency), ("amount", p.Amount),
        ("problem", p.Problem), ("open", p.OpenAmount), ("now", p.CreatedAt), ("named", p.Named));

    private static string Json(PaymentPrompt? prompt) => prompt is null ? "" : JsonSerializer.Serialize(prompt, PaymentJson.Default.PaymentPrompt);

    private static PaymentAttempt Map(Row r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5), r.GetString(6), r.GetString(7),
        r.GetString(8) is { Length: > 0 } prompt ? JsonSerializer.Deserialize(prompt, PaymentJson.Default.PaymentPrompt) : null, r.GetInt64(9), r.GetInt64(10), r.GetInt64(11), r.LongOrNull(12))
    {
        Fee = r.GetInt64(13), Kept = r.GetInt64(14),
    };

    private static Payment MapPayment(Row r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.TextOrNull(4), r.TextOrNull(5), r.GetString(6), r.GetInt64(7), r.TextOrNull(8), r.GetInt64(9), r.GetInt64(10), r.LongOrNull(11), r.GetString(12)) { Named = r.GetString(13) };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PaymentPrompt))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, bool>))]
internal sealed partial class PaymentJson : JsonSerializerContext;
