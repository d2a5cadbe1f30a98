using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Accounts.Brands;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Accounts.Tenants;

/// <summary>The businesses in this appliance: one method a use case, each to be called inside one command of the caller where they belong.</summary>
public sealed class TenantService(TenantDirectory directory, TenantSettings settings, QuotaCatalogue quotas, CredentialCache credentials, AuditWriter audit, TimeProvider clock)
{
    // What the setting takes.
    private const int MaxSite = 40;
    private const string MadeUpAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>All of them, the appliance's own first.</summary>
    public ValueTask<List<Tenant>> List(ReadTx s) => TenantStore.All(s);

    /// <exception cref="Refusal">404 NO_SUCH_TENANT.</exception>
    public async ValueTask<Tenant> Get(ReadTx s, string id) => await TenantStore.Find(s, id) ?? throw new Refusal(TenantErrors.NotFound);

    /// <summary>Adds one, with nobody and nothing in it.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field; the id or a host name may be taken.</exception>
    public async ValueTask<Tenant> Create(WriteTx s, Caller who, TenantInput wanted)
    {
        var now = Now();
        var empty = new Tenant("", "", "", [], TenantRules.Languages, SignUpSettings.Mode.Default, "", "", new Dictionary<string, long>(), now, now);
        var tenant = TenantRules.Checked(empty, wanted with { Name = wanted.Name ?? "" }, quotas);
        tenant = tenant with { Id = TenantRules.NewId(wanted.Id, tenant.Name, () => "t-" + RandomNumberGenerator.GetString(MadeUpAlphabet, 6)) };
        // Its customers are greeted by the name that staff know it by, unless they are given another.
        if (tenant.SiteName.Length == 0)
            tenant = tenant with { SiteName = Short(tenant.Name) };
        if (!await TenantStore.Insert(s, tenant))
            throw Refusal.Field("id", "tenants.field.id_taken");
        await Store(s, empty, tenant, wanted.Logo);
        await audit.Write(s, who, "tenant.created", Target(tenant), after: State(tenant));
        return tenant;
    }

    /// <summary>Changes what is named. One that is closed by it has no session any more; its tokens and keys are good again when it is opened.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TENANT; 409 TENANT_REMOVING, or TENANT_STAYS for closing the main one; 422 with all that is wrong, by field; a host name may be another's.</exception>
    public async ValueTask<Tenant> Update(WriteTx s, Caller who, string id, TenantInput wanted)
    {
        var before = await Get(s, id);
        if (before.State == TenantState.Removing)
            throw new Refusal(TenantErrors.Removing);
        if (wanted.Closed == true && id == Caller.DefaultTenant)
            throw new Refusal(TenantErrors.Stays);
        if (wanted.Id is not null && wanted.Id != id)
            throw Refusal.Field("id", "tenants.field.id_stays");
        var after = TenantRules.Checked(before, wanted, quotas);
        if (State(after) == State(before))
            return before;
        after = after with { UpdatedAt = Now() };
        if (after.State != before.State)
            after = await Turn(s, after);
        await Store(s, before, after, wanted.Logo);
        await audit.Write(s, who, after.State == before.State ? "tenant.changed" : after.ClosedAt is null ? "tenant.opened" : "tenant.closed", Target(after), State(before), State(after));
        return after;
    }

    private async ValueTask<Tenant> Turn(WriteTx s, Tenant tenant)
    {
        tenant = tenant with { ClosedAt = tenant.State == TenantState.Closed ? await s.Now() : null };
        await TenantStore.SetState(s, tenant.Id, tenant.State, tenant.ClosedAt);
        if (tenant.ClosedAt is not null)
            await s.Execute("DELETE FROM sessions WHERE tenant_id = @tenant", ("tenant", tenant.Id));
        credentials.ForgetAfter(s);
        return tenant;
    }

    private async ValueTask Store(WriteTx s, Tenant before, Tenant after, string? logo)
    {
        await TenantStore.Update(s, after);
        if (logo is not null && after.Logo != before.Logo)
            await BrandFiles.Keep(s, after.Id, TenantRules.Image(new FieldChecks(), logo), after.UpdatedAt);
        if (!after.Hosts.SequenceEqual(before.Hosts) && await TenantStore.SetHosts(s, after.Id, after.Hosts) is { } taken)
            throw Refusal.Field("hosts", "tenants.field.host_taken", taken);
        if (after.SiteName != before.SiteName)
            await settings.Set(s, after.Id, TenantSettings.SiteName, after.SiteName);
        if (after.SignUp != before.SignUp)
            await settings.Set(s, after.Id, SignUpSettings.Mode, after.SignUp);
        foreach (var quota in quotas.All.Where(q => Limit(after, q) != Limit(before, q)))
            await TenantQuotas.Set(s, after.Id, quota, Limit(after, quota));
        directory.KnowAfter(s);
    }

    private static long? Limit(Tenant tenant, Quota quota) => tenant.Quotas.TryGetValue(quota.Name, out var most) ? most : null;

    private static string Short(string name) => name.Length <= MaxSite ? name : name[..(char.IsHighSurrogate(name[MaxSite - 1]) ? MaxSite - 1 : MaxSite)].TrimEnd();

    internal static AuditTarget Target(Tenant t) => new("tenant", t.Id, t.Name);

    internal static string State(Tenant t) => JsonSerializer.Serialize(
        new TenantAudit(t.Name, t.SiteName, t.Hosts, t.Languages, t.SignUp, t.Colour, t.Logo, t.State, t.Quotas.OrderBy(q => q.Key, StringComparer.Ordinal).ToDictionary()), TenantJson.Default.TenantAudit);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
