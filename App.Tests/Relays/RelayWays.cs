using Gatehouse.Licensing.Actions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Errors;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays;

/// <summary>How each refusal about relays comes about.</summary>
public static class RelayWays
{
    public static readonly Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new()
    {
        [ActionErrors.RelayKey] = async site => await site.Do(await Serial(site), new { action = "extend", seconds = 60 }),
    };

    public static async Task<string> Serial(ErrorSite site) => (await site.Owner.Keys((string)(await site.Owner.PostApi("/api/plans", new { name = site.Unique("relay"), kind = "relay" }))["plan"]!["id"]!, 1))[0];
}
