using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.CustomerActions;

/// <summary>What a bulk action did.</summary>
/// <param name="Changed">The others were so already.</param>
public sealed record CustomersDone(string Action, long Matched, long Changed);

/// <summary>A mail that staff have written, as its operation keeps it until it has run.</summary>
/// <param name="Texts">By language.</param>
/// <param name="Language">Of those who have not said which they speak.</param>
internal sealed record CustomerLetter(string Id, CustomerChoice To, Dictionary<string, MailText> Texts, string Language);

/// <summary>What came of it.</summary>
/// <param name="Skipped">Those without an address that is confirmed, whose account is not in use, or who want no such mails.</param>
internal sealed record LetterResult(long Queued, long Skipped);

/// <summary>What the audit log keeps of it.</summary>
internal sealed record LetterAudit(string Subject);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CustomersDone))]
[JsonSerializable(typeof(CustomerLetter))]
[JsonSerializable(typeof(LetterResult))]
[JsonSerializable(typeof(LetterAudit))]
internal sealed partial class CustomerActionJson : JsonSerializerContext;

/// <summary>What staff do to many customers: the same rules, the same rows of the audit log as for each alone.</summary>
public sealed class CustomerBulk(CustomerService customers, MailTextService texts, MailQueue mails, OperationService operations, AuditWriter audit, TimeProvider clock)
{
    public const string Enable = "enable", Disable = "disable", Delete = "delete";

    /// <summary>Customers that one bulk action may change: it is one transaction.</summary>
    public const int MaxAtOnce = 1000;

    /// <summary>Customers that one letter may go to.</summary>
    public const int MaxLetters = 10_000;

    public static readonly IReadOnlyList<string> Names = [Enable, Disable, Delete];

    private const string LetterKind = "users.message";

    internal static readonly IReadOnlyList<OperationKind> Kinds =
    [
        new("users.bulk", AccountsPermissions.UsersRead) { Outcome = BulkOutcome },
        new(LetterKind, AccountsPermissions.UsersRead, (services, tx, run) => services.GetRequiredService<CustomerBulk>().RunLetter(tx, run)) { Outcome = LetterOutcome },
    ];

    /// <summary>Enables, disables or deletes them all; those that are so already are passed over.</summary>
    /// <exception cref="Refusal">422 by field; nothing is changed when one that is named does not exist, or there are more than <see cref="MaxAtOnce"/>.</exception>
    public async ValueTask<CustomersDone> Apply(WriteTx s, Caller who, CustomerChoice choice, string action)
    {
        if (!Names.Contains(action))
            throw Refusal.Field("action", "field.one_of", string.Join(", ", Names));
        if (await choice.Count(s, who.TenantId, MaxAtOnce, Now()) > MaxAtOnce)
            throw Refusal.Field("users", "field.bulk_too_many", MaxAtOnce);
        long matched = 0, changed = 0;
        await foreach (var step in choice.Walk(s, customers, who.TenantId))
            foreach (var customer in step)
            {
                matched++;
                if (action != Delete && customer.DisabledAt is not null == (action == Disable))
                    continue;
                changed++;
                await (action == Delete ? customers.Remove(s, who, customer.Id) : customers.SetDisabled(s, who, customer.Id, action == Disable));
            }
        var done = new CustomersDone(action, matched, changed);
        await OperationStore.Record(s, who, Kinds[0].Name, matched, JsonSerializer.Serialize(done, CustomerActionJson.Default.CustomersDone));
        return done;
    }

    /// <summary>A letter's words, checked.</summary>
    /// <param name="typed">By language; one may be left empty, and then its readers get the other.</param>
    /// <exception cref="Refusal">422 by field, such as <c>subject_en</c>.</exception>
    public Dictionary<string, MailText> Written(IReadOnlyDictionary<string, MailText> typed)
    {
        var (checks, kept) = (new FieldChecks(), new Dictionary<string, MailText>());
        foreach (var (language, text) in typed.Where(t => t.Value.Subject.Trim().Length + t.Value.Body.Trim().Length > 0))
            kept[language] = texts.CheckLetter(checks, text, language);
        if (kept.Count == 0)
            checks.Wrong("subject_en", "users.message.nothing");
        checks.ThrowIfAny();
        return kept;
    }

    /// <summary>Has the letter written to all of them in the background, unless the caller has one of that key.</summary>
    /// <param name="written">As <see cref="Written"/> gives it.</param>
    /// <param name="canMail">False: it is refused, when all else was found right.</param>
    /// <exception cref="Refusal">422 on <c>users</c>: nobody, one that is not there, or more than <see cref="MaxLetters"/>; 409 MAIL_NOT_SET_UP; 503 BUSY.</exception>
    public async ValueTask<Operation> Write(WriteTx s, Caller who, CustomerChoice choice, Dictionary<string, MailText> written, string language, string key, bool canMail = true)
    {
        var count = await choice.Count(s, who.TenantId, MaxLetters, Now());
        if (count == 0)
            throw Refusal.Field("users", "users.bulk.none");
        if (count > MaxLetters)
            throw Refusal.Field("users", "field.bulk_too_many", MaxLetters);
        choice = await choice.Resolved(s, customers, who.TenantId);
        if (!canMail)
            throw new Refusal(MailErrors.NotSetUp);
        var request = JsonSerializer.Serialize(new CustomerLetter(Ids.New(), choice, written, language), CustomerActionJson.Default.CustomerLetter);
        if (await operations.Find(s, who, LetterKind, key) is { } known)
            return known;
        await operations.Start(s, who, LetterKind, request, count, key);
        await audit.Write(s, who, "customers.written_to", AuditTarget.Many("customers", new Message("users.count", count)),
            after: JsonSerializer.Serialize(new LetterAudit(written.Values.First().Subject), CustomerActionJson.Default.LetterAudit));
        return (await operations.Find(s, who, LetterKind, key))!;
    }

    // One transaction: all are queued, or none.
    private async ValueTask<string> RunLetter(WriteTx s, OperationRun run)
    {
        var who = run.Operation.Who;
        var letter = JsonSerializer.Deserialize(run.Operation.Request, CustomerActionJson.Default.CustomerLetter)!;
        var name = await texts.KeepLetter(s, who.TenantId, letter.Id, letter.Texts);
        long queued = 0, skipped = 0;
        await foreach (var step in letter.To.Walk(s, customers, who.TenantId))
        {
            foreach (var customer in step)
            {
                if (customer is not { Email: { } email, State: "active" or "locked" } || await MailChoices.IsOff(s, who.TenantId, customer.Id))
                {
                    skipped++;
                    continue;
                }
                var speaks = customer.Language.Length > 0 ? customer.Language : letter.Language;
                await mails.Add(s, who.TenantId, Mails.Letter(email, speaks, name, customer.Id, customer.Called), $"{name}:{customer.Id}");
                queued++;
            }
            run.Report((int)(queued + skipped));
        }
        return JsonSerializer.Serialize(new LetterResult(queued, skipped), CustomerActionJson.Default.LetterResult);
    }

    private static OperationOutcome BulkOutcome(string result)
    {
        var done = JsonSerializer.Deserialize(result, CustomerActionJson.Default.CustomersDone)!;
        return new OperationOutcome(Told(done));
    }

    private static OperationOutcome LetterOutcome(string result)
    {
        var done = JsonSerializer.Deserialize(result, CustomerActionJson.Default.LetterResult)!;
        return new OperationOutcome(new Message("users.message.done", done.Queued, done.Skipped), "/admin/outbox?channel=mail");
    }

    /// <summary>What was done, for people.</summary>
    public static Message Told(CustomersDone done) => done.Action switch
    {
        Enable => new("users.bulk.enabled", done.Changed),
        Disable => new("users.bulk.disabled", done.Changed),
        _ => new("users.bulk.deleted", done.Changed),
    };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
