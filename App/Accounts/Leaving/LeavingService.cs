using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Leaving;

/// <summary>Leaving: a customer's account is deleted some days after its owner has asked for that, and until then they can change their mind.</summary>
public sealed class LeavingService(CustomerService customers, MailQueue mails, TimeProvider clock)
{
    public const int Days = 7;
    public const string JobName = "accounts.leaving";

    internal static readonly MailTemplate Template = new("leaving", "mail.leaving.subject",
        MailPart.Text("mail.leaving.lead", MailPart.Site), MailPart.Text("mail.leaving.days", 0), MailPart.Text("mail.leaving.not_you")) { Title = "mail.leaving.title", Names = ["days"] };

    private const int AtOnce = 100;

    /// <summary>The account goes in seven days. Asked for again, it goes no later and no sooner.</summary>
    /// <param name="language">Where the customer has chosen none.</param>
    /// <exception cref="Refusal">401: disabled or deleted in this moment.</exception>
    public async ValueTask<Customer> Leave(WriteTx s, Caller who, bool canMail, string language)
    {
        var own = await Own(s, who);
        if (own.LeavesAt is not null)
            return own;
        var at = Now() + Days * 86_400_000L;
        await Set(s, who.TenantId, own.Id, at);
        await AccountEvents.Note(s, who, AccountEvents.Leaving, Now());
        if (canMail && own.Email is { } email)
            await mails.Add(s, who.TenantId, Mails.Of(Template, email, own.Language.Length > 0 ? own.Language : language, Days) with { Account = own.Id }, $"leaving:{own.Id}:{at}");
        return await customers.Get(s, who.TenantId, own.Id);
    }

    /// <summary>The account stays after all.</summary>
    /// <exception cref="Refusal">401: disabled or deleted in this moment.</exception>
    public async ValueTask<Customer> Stay(WriteTx s, Caller who)
    {
        var own = await Own(s, who);
        if (own.LeavesAt is null)
            return own;
        await Set(s, who.TenantId, own.Id, null);
        await AccountEvents.Note(s, who, AccountEvents.Stayed, Now());
        return await customers.Get(s, who.TenantId, own.Id);
    }

    /// <summary>Deletes those whose time has come.</summary>
    internal static async Task<Message> Run(IServiceProvider services, CancellationToken ct)
    {
        var (db, customers) = (services.GetRequiredService<Database>(), services.GetRequiredService<CustomerService>());
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var gone = 0;
        foreach (var (tenant, id) in await db.Read(s => s.All("SELECT tenant_id, id FROM accounts WHERE kind = 'customer' AND leaves_at <= @now ORDER BY leaves_at LIMIT @limit",
            r => (r.GetString(0), r.GetString(1)), ("now", now), ("limit", (long)AtOnce)), ct))
        {
            var who = Caller.System with { TenantId = tenant };
            // They may have changed their mind in this moment.
            if (await db.Command(who, async s =>
            {
                if (await CustomerStore.FindLocked(s, tenant, id, now) is not { LeavesAt: { } at } || at > now)
                    return false;
                await customers.Remove(s, who, id);
                return true;
            }, ct))
                gone++;
        }
        return new Message("job.accounts.leaving.done", gone);
    }

    private async ValueTask<Customer> Own(WriteTx s, Caller who) =>
        await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", Now()) is { DisabledAt: null } own ? own : throw new Refusal(HttpErrors.Unauthorized);

    private static async ValueTask Set(WriteTx s, string tenant, string id, long? at) => await s.Execute(
        "UPDATE accounts SET leaves_at = @at WHERE tenant_id = @tenant AND kind = 'customer' AND id = @id", ("at", at), ("tenant", tenant), ("id", id));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
