using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.NetworkAccess;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Setup;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.SignInLinks;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.StaffRoles;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Audit.Log;
using Gatehouse.Audit.Security;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Accounts;

/// <summary>The services of Accounts over a database of one test's own and a clock that stands still.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public const string Password = "correct horse one";
    private readonly TestDatabase _storage;
    private readonly List<ICustomerObserver> _observers = [];

    private Bench(TestDatabase storage, Dictionary<string, string?>? options)
    {
        _storage = storage;
        var audit = storage.Audit.Writer(Clock);
        Credentials = new CredentialCache(Db, Clock);
        Sessions = new SessionStore(audit, Credentials, Limits, Clock);
        Tokens = new TokenService(audit, Credentials, Declared.Permissions, Clock);
        Audit = audit;
        var events = new SecurityEvents(new OutboxStore(), Clock);
        var quotas = new TenantQuotas(new QuotaCatalogue(AccountQuotas.All), events, Clock);
        Accounts = new AccountService(audit, Sessions, Credentials, Declared.Permissions, quotas, [Tokens, new SetupLinkCloser(Clock)], Clock);
        Roles = new RoleService(audit, Credentials, Declared.Permissions, Clock);
        Customers = new CustomerService(audit, Credentials, quotas, _observers, Clock);
        Links = new SetupLinks(Accounts, Sessions, audit, Clock);
        var (mails, config) = (new MailQueue(new OutboxStore(), storage.Secrets), new ConfigurationBuilder().AddInMemoryCollection(options ?? []).Build());
        var alerts = new AccountAlerts(mails, config);
        TwoFactor = new TwoFactorService(storage.Secrets, audit, events, Sessions, Credentials, Declared.Permissions, alerts, Clock);
        Challenges = new PasskeyChallenges(storage.Secrets, Clock);
        Passkeys = new PasskeyService(new PasskeyCeremony(Challenges, new TenantSettings(Db, storage.Secrets, Clock, [])), Challenges, storage.Secrets, audit, events, alerts, Clock);
        Networks = new StaffNetworks(config, new TenantSettings(Db, storage.Secrets, Clock, [StaffNetworks.Setting]));
        SignIns = new SignIns(Db, Passwords, Sessions, TwoFactor, Passkeys, Networks, events, Limits, Clock, NullLogger<SignIns>.Instance);
        SignInLinks = new SignInLinkService(audit, SignIns, mails, Clock);
        _observers.Add(SignInLinks);
    }

    public static SignInLimits Limits { get; } = new(3, TimeSpan.FromMinutes(15), TimeSpan.FromHours(12));

    /// <summary>A visitor.</summary>
    public static Caller Visitor { get; } = Caller.Public("203.0.113.7", "test");

    public Database Db => _storage.Database;
    public FakeClock Clock { get; } = new();
    public Passwords Passwords { get; } = new();
    public CredentialCache Credentials { get; }
    public SessionStore Sessions { get; }
    public AccountService Accounts { get; }
    public TokenService Tokens { get; }
    public RoleService Roles { get; }
    public AuditWriter Audit { get; }
    public CustomerService Customers { get; }
    public SetupLinks Links { get; }
    public SignIns SignIns { get; }
    public StaffNetworks Networks { get; }
    public SignInLinkService SignInLinks { get; }
    public TwoFactorService TwoFactor { get; }
    public PasskeyChallenges Challenges { get; }
    public PasskeyService Passkeys { get; }

    public static async Task<Bench> Open(Engine engine, Dictionary<string, string?>? options = null) => new(await TestDatabase.Open(engine), options);

    /// <summary>A member of staff, without the cost of a hash unless a password is given.</summary>
    public async Task<Account> Staff(string username, Role role, string? password = null)
    {
        var hash = password is null ? "!" : await Passwords.Hash(password);
        return await Db.Write(s => Accounts.Create(s, Caller.System, new NewStaff(username, "", role, hash)));
    }

    /// <summary>A customer, without the cost of a hash unless a password is given.</summary>
    public async Task<Customer> Customer(Customer customer, string? password = null)
    {
        var hash = password is null ? "!" : await Passwords.Hash(password);
        return await Db.Write(s => Customers.Create(s, Caller.System, customer, hash));
    }

    /// <summary>The account as a caller.</summary>
    public static Caller As(Account a) => new(a.TenantId, "staff", a.Id, a.DisplayName, a.Role, Declared.Permissions.Of(a.Role, a.Made), "203.0.113.7", "test") { Global = a.IsGlobal };

    public Task<long> Count(string sql, params (string, object?)[] args) => Db.Read(s => s.Number(sql, args));

    public Task<List<string>> Actions() => Db.Read(s => s.All("SELECT action FROM audit_entries ORDER BY seq", r => r.GetString(0)));

    /// <summary>The code that the work is refused with; null when it is done.</summary>
    public static async Task<string?> Code(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal.Code;
        }
    }

    public ValueTask DisposeAsync() => _storage.DisposeAsync();
}

internal static class SignInExtensions
{
    /// <summary>Tries to come in; null when it is no.</summary>
    public static async Task<SignedIn?> Enter(this SignIns signIns, Caller who, string login, string password, string? replaces = null, string? browser = null) =>
        (await signIns.Try(who, login, password, replaces, browser)).SignedIn;
}
