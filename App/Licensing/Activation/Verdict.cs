using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http.OpenApi;

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

    private static readonly IReadOnlyList<(string Code, string Todo)> All =
    [
        (Valid, "run; keep `certificate` for when the server cannot be reached."),
        (NotFound, "ask for the key again; `did_you_mean` may be what was meant."),
        (Expired, "stop, and offer to renew; `expire_at` says since when."),
        (MachineMismatch, "stop: the key is another machine's. Where the plan allows, `/api/release` frees that one."),
        (TooManyMachines, "stop: free one of its machines first, or sell one more."),
        (Suspended, "stop, and send the customer to the seller: it may come back."),
        (Revoked, "stop for good, and forget the licence file."),
        (ProductMismatch, "ask for another key: this one is of another product."),
        (RechargeKey, "ask for another key: this one puts money on a balance."),
        (RelayKey, "ask for another key: this one gives relays."),
    ];

    /// <summary>What programs are told of them in the API's description.</summary>
    public static void Describe(IServiceCollection services) => services
        .DescribesField<ValidateResponse>("code", "The verdict, and what to do:\n" + string.Join('\n', All.Select(v => $"- `{v.Code}`: {v.Todo}")), [.. All.Select(v => v.Code)])
        .DescribesField<ValidateResponse>("status", "What the key is by itself, for whichever machine; null where there is none.", LicenseState.All)
        .DescribesField<ValidateResponse>("machine_code", "The machine as it was sent.")
        .DescribesField<ValidateRequest>("code", "The key, in whatever form people type it.")
        .DescribesField<ValidateRequest>("nonce", "8 to 128 visible characters, new for each call: the signed answer repeats them.")
        .DescribesField<ValidateRequest>("product", "What your program is, by the name or id of a product: a key of another is `PRODUCT_MISMATCH`.")
        .DescribesField<ReleaseRequest>("code", "The key, in whatever form people type it.")
        .DescribesField<ReleaseRequest>("machine_code", "The machine to free.")
        .DescribesField<StatusResponse>("status", "`unused`: nobody has activated it. `active`: it runs. `expired`: it is over. `suspended`: the seller has stopped it for now. `revoked`: for good.", LicenseState.All)
        .DescribesField<StatusResponse>("machine_code", "Read `machine_hint`. This goes with the next version.", outdated: true);

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
