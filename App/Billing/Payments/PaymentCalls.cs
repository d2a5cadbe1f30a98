using System.Text.Json;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Payments;

/// <summary>A call to a notify address that was kept.</summary>
/// <param name="Content">As it came, without the channel's secrets.</param>
/// <param name="Checks">Each check in its order and whether it held; what follows one that failed was not looked at.</param>
/// <param name="Verdict">What followed from it: its words are <c>payments.verdict.VERDICT</c>.</param>
/// <param name="Order">The number of the order that it was about; null: of none.</param>
public sealed record PaymentCall(string Id, long At, string? Ip, string Method, string Content, IReadOnlyDictionary<string, bool> Checks, string Verdict, string? Order);

/// <summary>The log of calls.</summary>
public static class PaymentCalls
{
    public const string TidyName = "payments.tidy";
    private const int Bite = 1000;

    /// <summary>A channel's, the newest first.</summary>
    /// <exception cref="Refusal">422 on <c>after</c>.</exception>
    public static async ValueTask<Slice<PaymentCall>> List(ReadTx s, string tenant, string channel, string? after, int limit)
    {
        var filter = new SqlFilter("c.tenant_id = @tenant AND c.channel_id = @channel", ("tenant", tenant), ("channel", channel)).After("c.id", Cursor.Decode(after));
        return Slice<PaymentCall>.Of(await All(s, filter, limit + 1), limit, c => c.Id);
    }

    /// <summary>Those about an attempt, the first first; a gateway that repeats itself is kept <see cref="CallbackDesk.MostKept"/> times.</summary>
    public static async ValueTask<List<PaymentCall>> OfAttempt(ReadTx s, string tenant, string attempt)
    {
        var calls = await All(s, new SqlFilter("c.tenant_id = @tenant AND c.attempt_id = @attempt", ("tenant", tenant), ("attempt", attempt)), CallbackDesk.MostKept);
        calls.Reverse();
        return calls;
    }

    /// <summary>Those that told of money for which there is no order here: they say which the gateway means.</summary>
    public static ValueTask<List<PaymentCall>> OfStray(ReadTx s, string tenant, Payment payment) => All(s,
        new SqlFilter("c.tenant_id = @tenant AND c.attempt_id IS NULL AND c.channel_id = @channel AND c.verdict = @stray AND c.content LIKE @number",
            ("tenant", tenant), ("channel", payment.ChannelId), ("stray", CallbackDesk.Verdict(Taken.Stray)), ("number", $"%{payment.GatewayNumber}%")), CallbackDesk.MostKept);

    private static ValueTask<List<PaymentCall>> All(ReadTx s, SqlFilter filter, int limit) => s.All(
        $"""
        SELECT c.id, c.at, c.ip, c.method, c.content, c.checks, c.verdict, o.number FROM payment_calls c LEFT JOIN payment_attempts t ON t.id = c.attempt_id LEFT JOIN orders o ON o.id = t.order_id
        WHERE {filter.Sql} ORDER BY c.id DESC LIMIT @limit
        """,
        r => new PaymentCall(r.GetString(0), r.GetInt64(1), r.TextOrNull(2), r.GetString(3), r.GetString(4), JsonSerializer.Deserialize(r.GetString(5), PaymentJson.Default.DictionaryStringBoolean)!, r.GetString(6), r.TextOrNull(7)),
        filter.Args(("limit", (long)limit)));

    /// <summary>Forgets those that are older than <c>Payments:KeepCallsDays</c>.</summary>
    public static async Task<Message> Tidy(IServiceProvider services, CancellationToken ct)
    {
        var days = ConfigOptions.Number(services.GetRequiredService<IConfiguration>(), "Payments:KeepCallsDays");
        var before = services.GetRequiredService<TimeProvider>().GetUtcNow().AddDays(-days).ToUnixTimeMilliseconds();
        var (db, removed) = (services.GetRequiredService<Database>(), 0);
        for (var some = Bite; some == Bite; removed += some)
            some = await db.Write(s => s.Execute("DELETE FROM payment_calls WHERE id IN (SELECT id FROM payment_calls WHERE at < @before ORDER BY at LIMIT @bite)", ("before", before), ("bite", (long)Bite)), ct);
        return new("job.payments.tidy.done", removed);
    }
}
