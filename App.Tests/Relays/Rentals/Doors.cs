using Gatehouse.Platform.Http;
using Gatehouse.Relays.Slots;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>The relay of a rental with one slot, as devices come to it.</summary>
internal static class Doors
{
    /// <summary>A plan of an hour, or as long as is said.</summary>
    public static async Task<string> Plan(HttpClient owner, long seconds = 3600) =>
        (string)(await owner.PostApi("/api/plans", new { name = "Relay", kind = "relay", servers_per_rental = 1, duration_seconds = seconds }))["plan"]!["id"]!;

    public static Task<Slot> Slot(TestServer server, string rental) => server.Db.Read(async s => (await SlotStore.OfRental(s, Caller.DefaultTenant, rental)).Single());

    /// <summary>A device that the rental's relay lets in, as soon as it does.</summary>
    public static async Task<DerpTestClient> Admitted(TestServer server, string rental, TestKey key)
    {
        DerpTestClient? client = null;
        await Wait.Until(async () => (client = await Try(await Slot(server, rental), key)) is not null, "the device is let in");
        return client!;
    }

    public static async Task<string> RelayKey(TestServer server, string rental, TestKey key)
    {
        await using var client = await Admitted(server, rental, key);
        return Convert.ToHexStringLower(client.RelayKey);
    }

    public static async Task<bool> LetsIn(TestServer server, string rental, TestKey key)
    {
        await using var client = await Try(await Slot(server, rental), key);
        return client is not null;
    }

    private static async Task<DerpTestClient?> Try(Slot slot, TestKey key)
    {
        try
        {
            return await DerpTestClient.Connect(slot.Address, slot.Port, slot.CertName, key);
        }
        catch (NotAdmittedException)
        {
            return null;
        }
    }
}
