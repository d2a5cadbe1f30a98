using Gatehouse.Licensing.Licenses;

namespace Gatehouse.Licensing.Activation;

/// <summary>The answer about a key: a verdict is not a failure.</summary>
public static class Verdict
{
    public const string Valid = "VALID";
    public const string NotFound = "NOT_FOUND";
    public const string Expired = "EXPIRED";
    public const string MachineMismatch = "MACHINE_MISMATCH";
    public const string TooManyMachines = "TOO_MANY_MACHINES";
    public const string Suspended = "SUSPENDED";
    public const string Revoked = "REVOKED";

    /// <summary>The program that asks is another product than the key is of.</summary>
    public const string ProductMismatch = "PRODUCT_MISMATCH";

    /// <summary>It puts money on a customer's balance, and opens no program.</summary>
    public const string RechargeKey = "RECHARGE_KEY";

    /// <summary>It gives a customer relays, and opens no program.</summary>
    public const string RelayKey = "RELAY_KEY";

    /// <summary>
    /// The verdict for the machine that asks, or null when the key may be bound to it (it is unused, or has room for another
    /// machine) and the transaction must decide.
    /// </summary>
    /// <param name="product">The product that the program is of, by name or id; null: it does not say.</param>
    public static string? Judge(Candidate key, long now, string? product = null) => product is not null && product != key.ProductId && product != key.Product ? ProductMismatch : key.Recharge > 0 ? RechargeKey : key.Relay ? RelayKey : LicenseState.At(key.Stored, key.ExpireAt, now) switch
    {
        LicenseState.Revoked => Revoked,
        LicenseState.Suspended => Suspended,
        LicenseState.Expired => Expired,
        LicenseState.Unused => null,
        _ when key.BoundHere => Valid,
        _ when key.Bindings < key.MachineLimit => null,
        _ => key.MachineLimit == 1 ? MachineMismatch : TooManyMachines,
    };
}
