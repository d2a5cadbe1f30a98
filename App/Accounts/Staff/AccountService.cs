using System.Text.Json;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Staff;

/// <summary>Staff accounts: one method a use case, each to be called inside one transaction.</summary>
public sealed class AccountService(
    AuditWriter audit, SessionStore sessions, CredentialCache credentials, PermissionCatalogue permissions, TenantQuotas quotas, IEnumerable<IAccountObserver> observers, TimeProvider clock, INotices? notices = null)
{
    /// <summary>Somebody may do everything from now on.</summary>
    public static readonly NoticeKind OwnerMade = new("staff.owner", NoticeKind.Bad, 5);

    private const int ListLimit = 1000;
    private const string Changed = "staff.changed";

    /// <summary>Adds a member of staff to the caller's tenant.</summary>
    /// <exception cref="Refusal">422 on a field (the username may be taken), 403 OWNERS_ONLY, ROLE_TOO_HIGH, SCOPE_TOO_WIDE or QUOTA_EXCEEDED.</exception>
    public ValueTask<Account> Create(WriteTx s, Caller who, NewStaff staff) => quotas.Within(s, who, AccountQuotas.Staff, () => Add(s, who, staff));

    private async ValueTask<Account> Add(WriteTx s, Caller who, NewStaff staff)
    {
        var (role, made) = await Wanted(s, who, staff.Role, staff.MadeRole);
        StaffRules.MayGrant(permissions, who, role, made);
        var maker = await CallerAccount.Lock(s, who);
        var checks = new FieldChecks();
        var username = StaffRules.Username(checks, "username", staff.Username);
        var name = DisplayName(checks, staff.DisplayName, username);
        var scope = StaffRules.Scope(checks, who, staff.Scope, null);
        checks.ThrowIfAny();
        var account = new Account(Ids.New(), who.TenantId, username, name, role, scope, Now(), Now(), staff.OneTime, null, null, null) { Made = made };
        if (!await AccountStore.Insert(s, account, staff.PasswordHash, maker, CallerAccount.Token(who)))
            throw Refusal.Field("username", "accounts.field.username_taken");
        foreach (var observer in observers)
            await observer.Created(s, account);
        await audit.Write(s, who, "staff.created", Target(account), after: State(account));
        await TellOfOwner(s, who, account, null);
        return account;
    }

    /// <summary>All staff of the tenant (the newest thousand), newest first.</summary>
    public async ValueTask<IReadOnlyList<Account>> List(ReadTx s, string tenant) =>
        (await AccountStore.List(s, tenant, new StaffFilter(Limit: ListLimit))).Items;

    /// <summary>One page of the staff that the filter lets through, newest first.</summary>
    /// <exception cref="Refusal">422 on <c>role</c>: there is none of that name.</exception>
    public async ValueTask<Slice<Account>> List(ReadTx s, string tenant, StaffFilter filter)
    {
        if (filter.MadeRole is { } named)
            filter = filter with { MadeRole = (await CustomRoles.Find(s, tenant, named) ?? throw NoRole()).Id };
        return await AccountStore.List(s, tenant, filter);
    }

    /// <exception cref="Refusal">404 NO_SUCH_STAFF.</exception>
    public async ValueTask<Account> Get(ReadTx s, string tenant, string id) =>
        await AccountStore.Find(s, tenant, id) ?? throw new Refusal(StaffErrors.NotFound);

    /// <summary>Changes name, role, or whether the account may be used. A new role or a disabling ends its sessions.</summary>
    /// <exception cref="Refusal">
    /// 404 NO_SUCH_STAFF, 403 OWNERS_ONLY, ROLE_TOO_HIGH or RAISE_SELF, 409 LAST_OWNER or SELF_DISABLE, 422 on a field.
    /// </exception>
    public async ValueTask<Account> Change(WriteTx s, Caller who, string id, StaffChange change)
    {
        var (before, owners) = await ToChange(s, who, id);
        var checks = new FieldChecks();
        var name = change.DisplayName is null ? before.DisplayName : DisplayName(checks, change.DisplayName, before.Username);
        StaffRules.MayManage(who, before);
        var scope = StaffRules.Scope(checks, who, change.Scope, before.Scope);
        checks.ThrowIfAny();
        var (role, made) = change.Role is null && change.MadeRole is null ? (before.Role, before.Made) : await Wanted(s, who, change.Role ?? before.Role, change.MadeRole);
        var (otherRole, another) = (role != before.Role || made?.Id != before.Made?.Id, scope != before.Scope);
        another |= otherRole;
        if (otherRole)
            StaffRules.MayChangeRole(permissions, who, before, role, made);
        var disable = change.Disabled == true && before.DisabledAt is null;
        var enable = change.Disabled == false && before.DisabledAt is not null;
        // To open an account again is to give what it may do.
        if (enable)
            StaffRules.MayGrant(permissions, who, role, made);
        if (disable && StaffRules.IsSelf(who, before))
            throw new Refusal(StaffErrors.SelfDisable);
        if (disable || (before.Role == Role.Owner && (role != Role.Owner || another)))
            KeepAnOwner(before, owners);
        var after = before with
        {
            DisplayName = name, Role = role, Made = otherRole ? made : before.Made, Scope = scope,
            DisabledAt = change.Disabled switch { true => before.DisabledAt ?? Now(), false => null, null => before.DisabledAt },
        };
        if (after == before)
            return before;
        if (enable || another)
            await CallerAccount.Lock(s, who);
        await AccountStore.Update(s, after);
        if (disable || another)
            await SessionStore.EndAll(s, who.TenantId, id);
        credentials.ForgetAfter(s);
        await audit.Write(s, who, disable ? "staff.disabled" : enable ? "staff.enabled" : Changed,
            Target(after), State(before), State(after));
        await TellOfOwner(s, who, after, before.Role);
        return after;
    }

    private async ValueTask TellOfOwner(WriteTx s, Caller who, Account account, Role? before)
    {
        if (notices is not null && account.Role == Role.Owner && before != Role.Owner)
            await notices.Tell(s, who.TenantId, OwnerMade, new Message("staff.owner_made", account.Username, who.Name));
    }

    /// <summary>Removes the account, its sessions, and the use of the tokens it made. What it did stays in the audit log.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_STAFF, 403 OWNERS_ONLY, 409 LAST_OWNER or SELF_DISABLE.</exception>
    public async ValueTask<Account> Remove(WriteTx s, Caller who, string id)
    {
        var (account, owners) = await ToChange(s, who, id);
        StaffRules.MayManage(who, account);
        if (StaffRules.IsSelf(who, account))
            throw new Refusal(StaffErrors.SelfDisable);
        KeepAnOwner(account, owners);
        await ForgetBrowsers(s, account);
        foreach (var observer in observers)
            await observer.Removing(s, account);
        await AccountStore.Delete(s, account);
        credentials.ForgetAfter(s);
        await audit.Write(s, who, "staff.removed", Target(account), State(account));
        return account;
    }

    /// <summary>Gives an account another password, opens it when it was locked, and ends its sessions.</summary>
    /// <param name="oneTime">The person must choose another at the next sign-in.</param>
    /// <exception cref="Refusal">404 NO_SUCH_STAFF, 403 OWNERS_ONLY or ROLE_TOO_HIGH, 409 SELF_RESET.</exception>
    public async ValueTask<Account> ResetPassword(WriteTx s, Caller who, string username, string passwordHash, bool oneTime = false)
    {
        var account = await AccountStore.FindByNameLocked(s, who.TenantId, StaffRules.Normalize(username)) ?? throw new Refusal(StaffErrors.NotFound);
        StaffRules.MayManage(who, account);
        await CallerAccount.Lock(s, who);
        // One's own is changed with the current one at hand, so that an unattended browser is not enough.
        if (StaffRules.IsSelf(who, account))
            throw new Refusal(StaffErrors.SelfReset);
        // Whoever knows the password may do what the account may.
        StaffRules.MayGrant(permissions, who, account.Role, account.Made);
        await AccountStore.SetPassword(s, account, passwordHash, oneTime, Now());
        await ForgetBrowsers(s, account);
        credentials.ForgetAfter(s);
        await audit.Write(s, who, "staff.password_reset", Target(account));
        return account;
    }

    /// <summary>
    /// Changes the caller's own password and ends all of the account's sessions. Returns the id of the new session that takes
    /// the place of the one that asked.
    /// </summary>
    /// <param name="verifiedHash">The hash that the current password was found to belong to.</param>
    /// <exception cref="Refusal">422 on <c>current</c> when the password was changed meanwhile.</exception>
    public async ValueTask<string> ChangePassword(WriteTx s, Caller who, string verifiedHash, string newHash)
    {
        var account = await AccountStore.FindLocked(s, who.TenantId, who.AccountId ?? "") ?? throw new Refusal(StaffErrors.NotFound);
        if (await AccountStore.PasswordHash(s, who.TenantId, account.Id) != verifiedHash)
            throw Refusal.Field("current", "accounts.field.password_wrong");
        await AccountStore.SetPassword(s, account, newHash, oneTime: false, Now());
        await ForgetBrowsers(s, account);
        credentials.ForgetAfter(s);
        await audit.Write(s, who, "account.password_changed", Target(account));
        return await sessions.Open(s, who, account.Id, who.SecondFactorAt);
    }

    // With the password goes all that was known by it: who is in, who was, and who tried.
    private static async ValueTask ForgetBrowsers(WriteTx s, Account account)
    {
        await SessionStore.EndAll(s, account.TenantId, account.Id);
        await KnownBrowsers.Forget(s, account.TenantId, account.Id);
        await SignInLocks.Clear(s, account.TenantId, account.Id);
        await HalfSessions.EndAll(s, account.TenantId, account.Id);
    }

    // The owners are locked before the account, always, so that two who change each other queue.
    private static async ValueTask<(Account, List<string> Owners)> ToChange(WriteTx s, Caller who, string id)
    {
        var owners = await AccountStore.LockOwners(s, who.TenantId);
        return (await AccountStore.FindLocked(s, who.TenantId, id) ?? throw new Refusal(StaffErrors.NotFound), owners);
    }

    private static void KeepAnOwner(Account account, List<string> owners)
    {
        if (owners.Count == 1 && owners[0] == account.Id)
            throw new Refusal(StaffErrors.LastOwner);
    }

    /// <summary>May the caller give that role? Asked before the work of hashing a password; <see cref="Create"/> looks again.</summary>
    /// <exception cref="Refusal">422 on <c>role</c>, 403 OWNERS_ONLY or ROLE_TOO_HIGH.</exception>
    public async ValueTask<CustomRole?> MayGive(ReadTx s, Caller who, Role role, string? named)
    {
        var made = named is null ? null : await CustomRoles.Find(s, who.TenantId, named) ?? throw NoRole();
        StaffRules.MayGrant(permissions, who, made is null ? role : permissions.Rank(made.Permissions), made);
        return made;
    }

    // What is given is looked at as it is now: a role may have been changed, or be gone.
    private async ValueTask<(Role Role, CustomRole? Made)> Wanted(WriteTx s, Caller who, Role role, string? named)
    {
        if (named is null)
            return (role, null);
        var made = await CustomRoles.Lock(s, who.TenantId, named) ?? throw NoRole();
        return (permissions.Rank(made.Permissions), made);
    }

    private static Refusal NoRole() => Refusal.Field("role", "accounts.field.staff_role");

    private static string DisplayName(FieldChecks checks, string value, string username)
    {
        var name = checks.Text("display_name", value, 0, StaffRules.MaxDisplayName);
        return name.Length == 0 ? username : name;
    }

    private static AuditTarget Target(Account a) => new("staff", a.Id, a.Username);

    private static string State(Account a) => JsonSerializer.Serialize(
        new StaffAudit(a.Username, a.DisplayName, a.RoleName, a.Scope, a.DisabledAt is not null), StaffJson.Default.StaffAudit);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What the audit log keeps of an account before and after a change.</summary>
internal sealed record StaffAudit(string Username, string DisplayName, string Role, string Scope, bool Disabled);
