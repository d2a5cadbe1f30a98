using System.Collections.Concurrent;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Accounts.Quotas;

/// <summary>
/// Counts the API calls of tenants that may make so many a day. A node takes them from the database by the hundred and hands them out from
/// memory: never more than there are, on however many nodes, at one write for a hundred calls. What a node that dies had taken is lost for
/// that day.
/// </summary>
public sealed class ApiCallMeter(Database db, TenantQuotas quotas, TimeProvider clock) : ICallMeter
{
    /// <summary>Milliseconds.</summary>
    internal const long Day = 86_400_000;

    /// <summary>At most so many are taken at once, and no more than a fiftieth of what there is.</summary>
    internal const long MostAtOnce = 100;

    private readonly ConcurrentDictionary<string, Stock> _stocks = new();

    /// <summary>What this node has taken and not handed out.</summary>
    private sealed class Stock
    {
        public readonly SemaphoreSlim Turn = new(1, 1);
        public long Day;
        public long Left;

        /// <summary>The limit that was found used up, so that who is refused costs nothing; 0 for none.</summary>
        public long SpentAt;
    }

    public ValueTask Count(Caller who) => quotas.Limit(who.TenantId, AccountQuotas.ApiCalls) is { } most ? Take(who, most) : ValueTask.CompletedTask;

    private async ValueTask Take(Caller who, long most)
    {
        var stock = _stocks.GetOrAdd(who.TenantId, _ => new Stock());
        await stock.Turn.WaitAsync();
        try
        {
            var day = clock.GetUtcNow().ToUnixTimeMilliseconds() / Day;
            if (stock.Day != day)
                (stock.Day, stock.Left, stock.SpentAt) = (day, 0, 0);
            if (stock.Left == 0 && stock.SpentAt != most)
            {
                stock.Left = await db.Write(s => Fetch(s, who, day));
                stock.SpentAt = stock.Left == 0 ? most : 0;
            }
            if (stock.Left == 0)
                throw TenantQuotas.Exceeded(AccountQuotas.ApiCalls, most);
            stock.Left--;
        }
        finally
        {
            stock.Turn.Release();
        }
    }

    private async ValueTask<long> Fetch(WriteTx s, Caller who, long day)
    {
        if (await TenantQuotas.Locked(s, who.TenantId, AccountQuotas.ApiCalls) is not { } limit)
            return 1;
        var taken = await s.Number("SELECT taken FROM tenant_calls WHERE tenant_id = @tenant AND day = @day", ("tenant", who.TenantId), ("day", day));
        var more = Math.Min(Math.Clamp(limit.Most / 50, 1, MostAtOnce), limit.Most - taken);
        if (more <= 0)
            return 0;
        await s.Execute("DELETE FROM tenant_calls WHERE tenant_id = @tenant AND day < @before", ("tenant", who.TenantId), ("before", day - 1));
        await s.Execute("INSERT INTO tenant_calls (tenant_id, day, taken) VALUES (@tenant, @day, @more) ON CONFLICT (tenant_id, day) DO UPDATE SET taken = tenant_calls.taken + excluded.taken",
            ("tenant", who.TenantId), ("day", day), ("more", more));
        await quotas.Warn(s, who, AccountQuotas.ApiCalls, limit, taken + more, clock.GetUtcNow().ToUnixTimeMilliseconds());
        return more;
    }
}
