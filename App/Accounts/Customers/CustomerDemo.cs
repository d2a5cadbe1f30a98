using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Customers;

/// <summary>Some customers. No staff: that would be a known password.</summary>
internal sealed class CustomerDemo : DemoPart
{
    private static readonly Customer[] People =
    [
        new() { Username = "chen.yu", Email = "chen.yu@example.com", Phone = "13800138000", DisplayName = "Chen Yu 陈宇", Language = "zh", TimeZone = "Asia/Shanghai" },
        new() { Username = "marta", Email = "marta@example.org", DisplayName = "Marta Nowak", Language = "en", Note = "Pays by invoice, once a quarter." },
        new() { Email = "lin@example.net", DisplayName = "林小雨", Language = "zh" },
    ];

    public override ValueTask<long> Rows(ReadTx s) => s.Number("SELECT COUNT(*) FROM accounts");

    public override async Task Open(DemoWorld world)
    {
        var customers = world.Services.GetRequiredService<CustomerService>();
        var unknown = await world.Services.GetRequiredService<Passwords>().Hash(OpaqueToken.Create());
        foreach (var person in People)
            await world.Db.Write(s => customers.Create(s, world.Who, person, unknown));
    }
}
