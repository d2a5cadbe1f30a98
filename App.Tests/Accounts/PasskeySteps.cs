using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;

namespace Gatehouse.Tests.Accounts;

/// <summary>What tests of passkeys do over and over.</summary>
internal static class PasskeySteps
{
    public const string Origin = "https://keys.example.com";
    public static readonly PasskeySite Place = new("keys.example.com", Origin);

    // Somebody in their session, and a passkey of theirs.
    public static async Task<(Account Account, Caller Who, SoftPasskey Device)> Owner(Bench bench, string username = "wei", Role role = Role.Admin, SoftPasskey? device = null)
    {
        var account = await bench.Staff(username, role, Bench.Password);
        var who = await Here(bench, Bench.As(account));
        return (account, who, await Add(bench, who, device ?? new SoftPasskey()));
    }

    public static async Task<Caller> Here(Bench bench, Caller who) => who with { SessionId = OpaqueToken.Hash(await bench.Db.Write(s => bench.Sessions.Open(s, who, who.Id!))) };

    public static async Task<SoftPasskey> Add(Bench bench, Caller who, SoftPasskey device, string name = "Phone")
    {
        var options = await bench.Db.Read(s => bench.Passkeys.AskToAdd(s, who, Place, who.Name));
        var made = bench.Passkeys.Made(who, Place, device.Make(options, Origin));
        await bench.Db.Write(s => bench.Passkeys.Add(s, who, made!, name));
        return device;
    }

    public static Task<SignInResult> Enter(Bench bench, string answer, string ip = "203.0.113.7", PasskeySite? site = null) =>
        bench.SignIns.TryPasskey(Caller.Public(ip, "test"), site ?? Place, answer);

    public static string Show(Bench bench, SoftPasskey device) => device.Show(bench.Passkeys.AskAnybody(Caller.DefaultTenant, Place), Origin);
}
