using Gatehouse.Billing.Previews;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.KeyChanges;

/// <summary>What it costs to switch a key to another plan, and what it makes different. Money in minor units, times in unix milliseconds.</summary>
/// <param name="AtEnd">When the key's time is over: then nothing is credited.</param>
/// <param name="Worth">What is left of what was paid.</param>
/// <param name="Machines">How many the key may have now, and how many are bound.</param>
public sealed record SwitchQuote(License Key, Plan From, Plan To, bool AtEnd, IReadOnlyList<KeyWorth> Worth, long Machines, long Now)
{
    private const long Day = 86_400_000;

    /// <summary>What is left of what was paid, together.</summary>
    public long Credit => Worth.Sum(w => w.Amount);

    /// <summary>The days that are credited; null: the key has no end.</summary>
    public long? DaysLeft => Worth.Any(w => w.Left is null) ? null : Worth.Sum(w => w.Left!.Value) / Day;

    public long Price => To.Price;

    /// <summary>What is to be paid.</summary>
    public long Pay => Math.Max(0, Price - Credit);

    /// <summary>What of the credit is more than the price.</summary>
    public long Over => Math.Max(0, Credit - Price);

    /// <summary>Is that given as time under the new plan? Else it goes to the buyer's balance: the plan has no end, or no price.</summary>
    public bool OverAsTime => To.DurationSeconds is not null && Price > 0;

    /// <summary>The time under the new plan; null: it has no end.</summary>
    public long? Seconds => SecondsWith(Over);

    /// <summary>The key's end then.</summary>
    public long? End => Seconds is not { } seconds ? null : AtEnd ? LicenseAction.Extended(Key.ExpireAt!.Value, seconds, Now) : Now + seconds * 1000;

    /// <summary>How many machines it may have then.</summary>
    public long MachinesThen => Machines - From.MachineLimit + To.MachineLimit;

    /// <summary>The same with so much left over.</summary>
    internal long? SecondsWith(long over) => To.DurationSeconds is { } seconds ? seconds + (OverAsTime ? (long)((Int128)over * seconds / Price) : 0) : null;

    /// <summary>Why it cannot be; null when it can.</summary>
    /// <param name="buyer">Whose balance gets what is over.</param>
    public (ErrorCode Error, object[] Args)? Obstacle(string? buyer) =>
        KeyChange.SwitchObstacle(Key) is { } standing ? (standing, [])
        : To is not { Enabled: true, RetiredAt: null, Recharge: 0, Trial: false } || To.Currency != From.Currency ? (KeyChangeErrors.NoSwitch, [])
        : AtEnd && (Key.ExpireAt is not { } end || end <= Now || To.DurationSeconds is null) ? (KeyChangeErrors.NoEnd, [])
        : Key.Bindings > MachinesThen ? (KeyChangeErrors.TooManyMachines, [Key.Bindings, MachinesThen])
        : Over > 0 && !OverAsTime && (buyer is null || Worth.Any(w => w.AccountId != buyer)) ? (KeyChangeErrors.NotYours, [])
        : End > License.Latest ? (ActionErrors.NeverExpires, [])
        : null;

    /// <summary>All of it, as whoever decides sees it before.</summary>
    public IReadOnlyList<PreviewRow> Rows()
    {
        List<PreviewRow> rows =
        [
            new(new("switch.row.plan"), new("preview.text", From.Name), new("preview.text", To.Name)),
            new(new("switch.row.machines"), new("preview.text", Machines), new("preview.text", MachinesThen)),
            new(new("switch.row.end"), At(Key.ExpireAt), At(End)),
        ];
        var (before, after) = (Features(From), Features(To));
        foreach (var name in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
            if (before.GetValueOrDefault(name, "—") is var was && after.GetValueOrDefault(name, "—") is var then && was != then)
                rows.Add(new(new("preview.text", name), new("preview.text", was), new("preview.text", then)));
        if (!AtEnd)
            rows.Add(new(new("switch.row.left"), DaysLeft is { } days ? new("switch.days", days) : new("switch.for_good"), Sum(-Credit)));
        rows.Add(new(new("switch.row.price"), new("preview.text", "—"), Sum(Price)));
        if (Over > 0)
            rows.Add(new(new("switch.row.over"), Sum(Over), OverAsTime ? new("switch.over_days", (Seconds!.Value - To.DurationSeconds!.Value) / 86400) : new("switch.over_balance")));
        rows.Add(new(new("switch.row.pay"), new("preview.text", "—"), Sum(Pay)));
        return rows;
    }

    /// <summary>As it is now.</summary>
    public static async ValueTask<SwitchQuote> Of(ReadTx s, string tenant, License key, Plan from, Plan to, bool atEnd, long now) =>
        new(key, from, to, atEnd, atEnd ? [] : await KeyWorth.Of(s, tenant, key, from.DurationSeconds, now), await LicenseTime.MachineLimit(s, tenant, key.Id, now), now);

    private static Dictionary<string, string> Features(Plan plan)
    {
        using var json = System.Text.Json.JsonDocument.Parse(plan.Entitlements);
        return json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ValueKind switch { System.Text.Json.JsonValueKind.True => "✓", System.Text.Json.JsonValueKind.False => "—", _ => p.Value.ToString() });
    }

    private Message Sum(long minor) => new("preview.text", (minor < 0 ? "\u2212" : "") + Money.Format(Math.Abs(minor), To.Currency));

    private static Message At(long? at) => at is { } known ? new("preview.text", DateTimeOffset.FromUnixTimeMilliseconds(known)) : new("switch.for_good");
}
