using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Actions;

/// <summary>Who has to know what staff do to serials that were redeemed, in the transaction that does it: what the key gave may be a feature's above this one.</summary>
public interface ILicenseObserver
{
    /// <summary>It is done. The key's row is locked.</summary>
    /// <param name="before">The key as it was.</param>
    /// <param name="action">A name of <see cref="ActionName"/>.</param>
    ValueTask Done(WriteTx s, Caller who, License before, string action);
}

internal static class LicenseObservers
{
    public static async ValueTask Tell(this IEnumerable<ILicenseObserver> observers, WriteTx s, Caller who, License key, LicenseAction action)
    {
        if (key is { Relay: true, UsedAt: not null })
            foreach (var observer in observers)
                await observer.Done(s, who, key, action.Name);
    }
}
