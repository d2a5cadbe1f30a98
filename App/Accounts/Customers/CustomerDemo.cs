using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Customers;

/// <summary>A customer. No staff: that would be a known password.</summary>
internal sealed class CustomerDemo : DemoPart
{
    public override ValueTask<long> Rows(ReadTx s) => s.Number("SELECT COUNT(*) FROM accounts");

    public override async Task Open(DemoWorld world)
    {
        var unknown = await world.Services.GetRequiredService<Passwords>().Hash(OpaqueToken.Create());
        await world.Db.Write(async s =>
        {
            await world.Services.GetRequiredService<CustomerService>().Create(s, world.Who, "chen.yu@example.com", "Chen Yu 陈宇", unknown);
            return true;
        });
    }
}
