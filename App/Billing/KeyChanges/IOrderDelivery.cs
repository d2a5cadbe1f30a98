using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.KeyChanges;

/// <summary>
/// Delivers orders about something that is there already, such as a key: what they change is known to whoever has it, which may be a
/// feature above this one. Orders are made and paid like any other; the order's row is locked in all that changes.
/// </summary>
public interface IOrderDelivery
{
    /// <summary>Are orders that are delivered so its own?</summary>
    bool Delivers(string delivery);

    /// <summary>Does what a paid order is about; false when that cannot be done any more, and nothing has changed: then staff decide.</summary>
    ValueTask<bool> Deliver(WriteTx s, string tenant, string order);

    /// <summary>Takes back what an order did, as far as it is not used.</summary>
    /// <exception cref="Refusal">409 when other orders stand on it.</exception>
    ValueTask TakeBack(WriteTx s, Caller who, string order);

    /// <summary>The order's payment is disputed: takes back what it did, as far as it is not used, so that <see cref="GiveAgain"/> can do it once more. False when what others paid for stands on it, and nothing has changed; null when nothing is left to take.</summary>
    ValueTask<bool?> Hold(WriteTx s, Caller who, string order);

    /// <summary>The money is ours after all: does again what <see cref="Hold"/> took back. False when that cannot be done any more: then it stays taken back; null when nothing was.</summary>
    ValueTask<bool?> GiveAgain(WriteTx s, Caller who, string order);

    /// <summary>The money is not ours: what <see cref="Hold"/> took back stays so.</summary>
    ValueTask Decided(WriteTx s, string tenant, string order);

    /// <summary>What a delivered order did, for its buyer; null: nothing that needs words.</summary>
    ValueTask<Message?> Told(ReadTx s, string tenant, string order);
}
