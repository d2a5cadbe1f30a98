using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Storage;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Licensing.AccountKeys;

/// <summary>What another feature lets customers do with their keys, beside each in their list.</summary>
public interface IKeyOffers
{
    /// <summary>By the ids of the keys; nothing for those it has nothing for.</summary>
    ValueTask<IReadOnlyDictionary<string, RenderFragment>> Of(ReadTx s, HttpContext ctx, IReadOnlyList<License> keys);
}
