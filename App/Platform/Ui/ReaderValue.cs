using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Platform.Ui;

/// <summary>Something of the reader's own, declared by the feature that knows it: a text for people says <c>{{name}}</c>, and each reads theirs.</summary>
/// <param name="Name">Stable: small letters and underscores.</param>
/// <param name="Order">Where it is offered to those who write such texts, the least first.</param>
/// <param name="Label">The key of the words for it. Who has none reads these.</param>
/// <param name="Of">Theirs; null when they have none.</param>
public sealed record ReaderValue(string Name, int Order, string Label, Func<HttpContext, ValueTask<string?>> Of)
{
    /// <summary>The address of this place, without a slash at the end.</summary>
    public static readonly ReaderValue Site = new("site", 10, "reader.site", ctx => ValueTask.FromResult<string?>(SiteAddress.Of(ctx)));

    /// <summary>What the operator calls it.</summary>
    public static readonly ReaderValue SiteName = new("site_name", 20, "reader.site_name",
        ctx => ValueTask.FromResult<string?>(ctx.RequestServices.GetRequiredService<TenantSettings>().Get(ctx.Caller().TenantId, TenantSettings.SiteName)));
}
