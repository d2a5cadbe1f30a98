using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.PasswordReset;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.CustomerImport;

/// <summary>
/// Customers from a file: each line is judged by itself, and what is good of it is brought in. A second run of the same file brings in
/// nothing more: a line whose names are one customer's already is that customer.
/// </summary>
public sealed class CustomerImports(CustomerService customers, PasswordResets resets, MailQueue mails, OperationService operations, Passwords passwords, SecretBox box, IConfiguration config, TimeProvider clock)
{
    internal const string Kind = "users.import";
    public const string TidyJob = "accounts.imports";
    private const int Step = 500;
    private const long LinksKept = 86_400_000L;

    /// <summary>Links that wait to be fetched.</summary>
    public static readonly SealedColumn Sealed = new("customer_imports", "id", "sealed_links", "customer-import", "UPDATE customer_imports SET sealed_links = ''");

    internal static readonly OperationKind AsOperation = new(Kind, AccountsPermissions.UsersRead, (services, tx, run) => services.GetRequiredService<CustomerImports>().Run(tx, run)) { Outcome = Outcome };

    // Of a password that nobody has; one for all, as each would cost what a sign-in does.
    private string? _nobodys;

    /// <summary>What would become of each line now.</summary>
    public async ValueTask<IReadOnlyList<JudgedLine>> Judge(ReadTx s, string tenant, IReadOnlyList<CustomerLine> lines)
    {
        var judged = new List<JudgedLine>(lines.Count);
        foreach (var step in lines.Chunk(Step))
        {
            var known = await Known(s, tenant, step.Where(l => l.Fault is null).SelectMany(l => CustomerFile.Fields(l.Customer)).Select(n => n.Name));
            judged.AddRange(step.Select(line => Judge(line, known)));
        }
        return judged;
    }

    /// <summary>The lines as they are brought in: with hashes in the place of passwords.</summary>
    public async Task<CustomerBatch> Prepare(IReadOnlyList<CustomerLine> lines, ImportInvite invite, string language)
    {
        var nobodys = _nobodys ??= await passwords.Hash(OpaqueToken.Create());
        var batch = new List<BatchLine>(lines.Count);
        foreach (var line in lines.Where(l => l.Fault is null))
            batch.Add(BatchLine.Of(line, line.Password.Length == 0 ? nobodys : await passwords.Hash(line.Password)));
        return new(invite, language, [.. lines.Where(l => l.Fault is not null).Select(l => new RefusedLine(l.Line, l.Fault!.Field, l.Fault.Reason.ToStored()))], batch);
    }

    /// <summary>Brings the lines in.</summary>
    /// <param name="made">Gets each customer that came, with the link that sets its password where staff are to hand it over.</param>
    /// <exception cref="ConflictException">Somebody else took one of the names in this moment.</exception>
    public async ValueTask<ImportResult> Import(WriteTx s, Caller who, CustomerBatch batch, Action<BatchLine, Customer, string?> made, IProgress<int>? progress = null)
    {
        long created = 0, exists = 0, done = 0;
        var refused = new List<RefusedLine>(batch.Refused);
        foreach (var step in batch.Lines.Chunk(Step))
        {
            var known = await Known(s, who.TenantId, step.SelectMany(l => CustomerFile.Fields(l.Customer)).Select(n => n.Name));
            foreach (var line in step)
            {
                var judged = Judge(new CustomerLine(line.Line, line.Customer, ""), known);
                if (judged.Verdict == LineVerdict.Created)
                {
                    var customer = await Create(s, who, line);
                    created++;
                    made(line, customer, await Invite(s, who, customer, line, batch));
                }
                else if (judged.Verdict == LineVerdict.Exists)
                    exists++;
                else
                    refused.Add(new(line.Line, judged.Fault!.Field, judged.Fault.Reason.ToStored()));
                progress?.Report((int)++done);
            }
        }
        return new(created, exists, [.. refused.OrderBy(r => r.Line)]);
    }

    /// <summary>Has them brought in in the background, unless the caller has an import of that key.</summary>
    /// <exception cref="Refusal">503 BUSY.</exception>
    public async ValueTask Start(WriteTx s, Caller who, CustomerBatch batch, string key) =>
        await operations.Start(s, who, Kind, JsonSerializer.Serialize(batch with { Key = key }, CustomerImportJson.Default.CustomerBatch), Math.Max(1, batch.Lines.Count), key);

    /// <summary>The caller's own import of that key; null when there is none.</summary>
    public ValueTask<Operation?> Find(ReadTx s, Caller who, string key) => operations.Find(s, who, Kind, key);

    /// <summary>What came of it; null until it is done.</summary>
    public static ImportResult? ResultOf(Operation operation) => operation.Result is { } json ? JsonSerializer.Deserialize(json, CustomerImportJson.Default.ImportResult) : null;

    /// <summary>The links of an import, for who made it, once: CSV.</summary>
    /// <exception cref="Refusal">404: there are none, or they were fetched.</exception>
    public async ValueTask<byte[]> TakeLinks(WriteTx s, Caller who, string key)
    {
        var text = await s.Locked("SELECT sealed_links FROM customer_imports WHERE tenant_id = @tenant AND id = @id AND account_id = @account", r => r.GetString(0),
            ("tenant", who.TenantId), ("id", key), ("account", who.Id ?? ""));
        if (string.IsNullOrEmpty(text))
            throw new Refusal(HttpErrors.NoSuchPage);
        await s.Execute("DELETE FROM customer_imports WHERE tenant_id = @tenant AND id = @id", ("tenant", who.TenantId), ("id", key));
        return box.Open(text, Sealed.Purpose);
    }

    /// <summary>Does an import have links that its maker has not fetched?</summary>
    public static async ValueTask<bool> HasLinks(ReadTx s, Caller who, string key) =>
        await s.One("SELECT id FROM customer_imports WHERE tenant_id = @tenant AND id = @id AND account_id = @account AND sealed_links <> ''", r => r.GetString(0),
            ("tenant", who.TenantId), ("id", key), ("account", who.Id ?? "")) is not null;

    /// <summary>Removes links that nobody has fetched for a day.</summary>
    public static async Task<Message> RunTidy(IServiceProvider services, CancellationToken ct)
    {
        var old = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds() - LinksKept;
        return new Message("job.accounts.imports.done", await services.GetRequiredService<Database>().Write(s => s.Execute("DELETE FROM customer_imports WHERE created_at < @old", ("old", old)), ct));
    }

    private async ValueTask<string> Run(WriteTx s, OperationRun run)
    {
        var who = run.Operation.Who;
        await AuditWriter.TakeTurn(s, who.TenantId);
        var batch = JsonSerializer.Deserialize(run.Operation.Request, CustomerImportJson.Default.CustomerBatch)!;
        var file = new ArrayBufferWriter<byte>();
        var csv = new CsvWriter(file, "username", "email", "phone", "display_name", "link");
        var links = 0;
        var result = await Import(s, who, batch, (_, customer, link) =>
        {
            if (link is null)
                return;
            links++;
            csv.Row(customer.Username, customer.Email, customer.Phone, customer.DisplayName, link);
        }, run);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (links > 0)
            await s.Execute("INSERT INTO customer_imports (id, tenant_id, account_id, created_at, sealed_links) VALUES (@id, @tenant, @account, @now, @links)",
                ("id", batch.Key), ("tenant", who.TenantId), ("account", who.Id ?? ""), ("now", now), ("links", box.Seal(file.WrittenSpan, Sealed.Purpose)));
        return JsonSerializer.Serialize(result with { Key = batch.Key, Refused = [.. result.Refused.Take(ImportResult.MaxRefused)], RefusedCount = result.Refused.Count }, CustomerImportJson.Default.ImportResult);
    }

    private async ValueTask<Customer> Create(WriteTx s, Caller who, BatchLine line)
    {
        try
        {
            return await customers.Create(s, who, line.Customer, line.Hash);
        }
        catch (Refusal)
        {
            throw new ConflictException();
        }
    }

    // The link that staff hand over; null where a mail brings it, or none is needed.
    private async ValueTask<string?> Invite(WriteTx s, Caller who, Customer customer, BatchLine line, CustomerBatch batch)
    {
        if (line.HasPassword || batch.Invite == ImportInvite.None || (batch.Invite == ImportInvite.Mail && customer.Email is null))
            return null;
        var token = await resets.Invite(s, who.TenantId, customer.Id);
        var link = $"{PublicAddress.Base(config)}/reset-password?token={token}";
        if (batch.Invite == ImportInvite.Links)
            return link;
        var speaks = customer.Language.Length > 0 ? customer.Language : batch.Language;
        await mails.Add(s, who.TenantId, Mails.Invited(customer.Email!, speaks, link, PasswordResets.InviteDays) with { Account = customer.Id }, $"invited:{OpaqueToken.Hash(token)[..32]}");
        return null;
    }

    private static async ValueTask<Dictionary<string, (string Account, bool Customer)>> Known(ReadTx s, string tenant, IEnumerable<string> names)
    {
        var (sql, args) = SqlNames.Of(names.Distinct().Append(""));
        return (await s.All($"SELECT l.name, l.account_id, a.kind FROM account_logins l JOIN accounts a ON a.id = l.account_id WHERE l.tenant_id = @tenant AND l.name IN ({sql})",
            r => (Name: r.GetString(0), Account: r.GetString(1), Kind: r.GetString(2)), [.. args, ("tenant", tenant)])).ToDictionary(n => n.Name, n => (n.Account, n.Kind == "customer"));
    }

    private static JudgedLine Judge(CustomerLine line, Dictionary<string, (string Account, bool Customer)> known)
    {
        if (line.Fault is { } fault)
            return new(line, LineVerdict.Refused, fault);
        string? account = null;
        foreach (var (field, name) in CustomerFile.Fields(line.Customer))
            if (known.TryGetValue(name, out var owner))
            {
                if (!owner.Customer || (account is not null && owner.Account != account))
                    return new(line, LineVerdict.Refused, new(field, new("users.import.anothers")));
                account = owner.Account;
            }
        return new(line, account is null ? LineVerdict.Created : LineVerdict.Exists, null);
    }

    private static OperationOutcome Outcome(string result)
    {
        var done = JsonSerializer.Deserialize(result, CustomerImportJson.Default.ImportResult)!;
        return new OperationOutcome(new Message("users.import.done", done.Created, done.Exists, done.RefusedCount), done.Key.Length > 0 ? $"/admin/users/import/{done.Key}" : null);
    }
}
