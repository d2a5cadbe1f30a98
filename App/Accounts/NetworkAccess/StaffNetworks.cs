using System.Net;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;

namespace Gatehouse.Accounts.NetworkAccess;

/// <summary>
/// Where staff and their tokens may come from: the networks of the configuration and, within those, the ones that a tenant has set. The
/// machine itself always may, so that no list locks the operator out.
/// </summary>
public sealed class StaffNetworks(IConfiguration config, TenantSettings settings) : IStaffGate
{
    /// <summary>The option of the configuration.</summary>
    public const string Option = "Access:StaffNetworks";

    /// <summary>A tenant's own list, one network a line; empty: from everywhere.</summary>
    public static readonly SettingDefinition Setting = new("staff_networks", 60, SettingKind.Text, "", value => List(value).All(ConfigRules.IsNetwork), Normal)
    {
        Optional = true, Lines = true, MaxLength = 4000, OwnersOnly = true,
        Unsuited = (value, who) => value.Length == 0 || who.Kind is not ("staff" or "token") || IsIn(Read(value), who) ? null : "setting.staff_networks.unsuited",
    };

    private readonly IPNetwork[] _everywhere = [.. ConfigRules.Networks(ConfigOptions.Value(config, Option))];

    // The list that was asked for last, as text and read.
    private Tuple<string, IPNetwork[]> _last = new("", []);

    /// <summary>May somebody who is staff, or a token of theirs, act from where the caller is?</summary>
    public async ValueTask<bool> Allows(Caller who)
    {
        if (_everywhere.Length > 0 && !IsIn(_everywhere, who))
            return false;
        await settings.Refresh(who.TenantId);
        var text = settings.Get(who.TenantId, Setting);
        return text.Length == 0 || IsIn(Known(text), who);
    }

    async ValueTask<Refusal?> IStaffGate.Refuses(Caller who) => await Allows(who) ? null : Refusal(who);

    /// <summary>What whoever comes from elsewhere is told.</summary>
    public static Refusal Refusal(Caller who) => new(StaffNetworkErrors.NotFromHere, who.Ip ?? "?");

    /// <summary>A list as it is stored, taken apart.</summary>
    public static IReadOnlyList<string> List(string stored) => ConfigRules.Parts(stored.ReplaceLineEndings(" "));

    private IPNetwork[] Known(string text)
    {
        var last = Volatile.Read(ref _last);
        if (last.Item1 == text)
            return last.Item2;
        var read = Read(text);
        Volatile.Write(ref _last, new(text, read));
        return read;
    }

    // A part that nobody can read lets nobody in.
    private static IPNetwork[] Read(string text) => [.. List(text).Where(ConfigRules.IsNetwork).SelectMany(ConfigRules.Networks)];

    private static bool IsIn(IPNetwork[] networks, Caller who) =>
        who.IsLocal || (IPAddress.TryParse(who.Ip, out var address) && networks.Any(n => n.Contains(address)));

    private static string Normal(string typed) =>
        string.Join('\n', typed.Split([' ', ',', ';', '\n', '\r', '\t', '，', '；', '、'], StringSplitOptions.RemoveEmptyEntries).Distinct());
}

/// <summary>What staff from elsewhere are refused with.</summary>
public static class StaffNetworkErrors
{
    public static readonly ErrorCode NotFromHere = new(403, "STAFF_NETWORK");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFromHere];
}
