using System.Text.Json;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Notices;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Outbound;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Messaging.Channels;

/// <summary>All that tells people things, over a database, with workers that look when the test says so: one node.</summary>
public sealed class Exchange : IAsyncDisposable
{
    public const string Tenant = Caller.DefaultTenant;
    private readonly Database _db;
    private readonly TestDatabase? _own;
    private readonly ChannelSecrets _secrets;
    private readonly Dictionary<string, OutboxWorker> _workers = [];
    private readonly NoticeGatherer _gatherer;

    /// <param name="own">Disposed of with it.</param>
    private Exchange(Database db, TestDatabase test, TestDatabase? own, string allowed)
    {
        (_db, _own, Test) = (db, own, test);
        var config = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Outbound:AllowedHosts"] = allowed, ["Server:PublicUrl"] = "https://keys.example" }).Build();
        Settings = new(db, test.Secrets, test.Clock, Program.Features.SelectMany(f => f.Settings));
        var (outbound, status) = (new OutboundAddresses(config), new MailStatus(Settings));
        var mail = new MailSender(status, new MailComposer([.. Mails.Templates, ChannelMail.Template], Settings, config, test.Clock), outbound, new MailTrust(), test.Clock);
        var outbox = new OutboxStore();
        _secrets = new(test.Secrets);
        Sender = new(outbound, new ChannelTrust(), mail, test.Clock);
        Queue = new(outbox, new MailQueue(outbox, test.Secrets));
        Board = new(outbox);
        var gathering = new NoticeGathering();
        _gatherer = new(gathering, new NoticeWords(config), Queue, Settings, db, NullLogger<NoticeGatherer>.Instance);
        var topics = ChannelKinds.All.Where(k => !k.IsMail).Select(k => ChannelQueue.Topic(k.Name)).Append(ChannelQueue.Own);
        foreach (var handler in topics.Select(t => (IOutboxHandler)new ChannelDelivery(t, Sender, _secrets, Board, db)).Append(new NoticeFanOut(Settings, gathering, db)))
            _workers[handler.Topic] = new(outbox, handler, db, test.Clock, NullLogger<OutboxWorker>.Instance);
    }

    public TestDatabase Test { get; }

    public TenantSettings Settings { get; }

    public ChannelSender Sender { get; }

    public ChannelQueue Queue { get; }

    public NoticeBoard Board { get; }

    public static async Task<Exchange> Open(Engine engine = Engine.Sqlite, string allowed = "127.0.0.1")
    {
        var test = await TestDatabase.Open(engine);
        return new(test.Database, test, test, allowed);
    }

    /// <summary>Another node over the same data.</summary>
    public async Task<Exchange> Another() => new(await Test.OpenAnother(), Test, null, "127.0.0.1");

    /// <summary>A channel of the staff's; of a customer's when an account is named.</summary>
    public async Task<Channel> Make(string kind, object settings, string name = "Team", string events = "{}")
    {
        var wanted = new Channel { Kind = kind, Name = name, Settings = JsonSerializer.Serialize(settings), Events = events };
        var channel = _secrets.Checked(Channel.Fields.Checked(wanted), null) with { Id = Ids.New(), CreatedAt = Test.Clock.Now, UpdatedAt = Test.Clock.Now };
        await _db.Write(async tx =>
        {
            await ChannelStore.Insert(tx, Tenant, channel);
            return true;
        });
        return channel;
    }

    /// <summary>A customer's own.</summary>
    public async Task<Channel> MakeOwn(string kind, object settings)
    {
        var channel = await Make(kind, settings);
        await _db.Write(async tx =>
        {
            await tx.Execute("INSERT INTO accounts (id, tenant_id, kind, username, display_name, password_hash, role_scope, created_at, password_changed_at, folded) VALUES ('c', @tenant, 'customer', 'c', 'c', '!', 'tenant', 0, 0, '')", ("tenant", Tenant));
            await tx.Execute("UPDATE channels SET account_id = 'c' WHERE id = @id", ("id", channel.Id));
            return true;
        });
        return channel;
    }

    public Task<Channel> Webhook(Gateway to, string path = "/hook", string name = "Team") => Make("webhook", new { url = to.Address + path, signing_secret = "whsec" }, name);

    public Task Add(Channel channel, string key, string body = "Something happened", bool own = false) =>
        _db.Write(tx => Queue.Add(tx, Tenant, channel, own ? "c" : null, new ChannelText("Keys", "Test", body), "en", key));

    public Task Tell(NoticeKind kind, string what, string? key = null) => _db.Write(tx => Board.Tell(tx, Tenant, kind, new Message(what), key));

    /// <summary>Lets a worker look once.</summary>
    public Task Look(string kind = "webhook") => _workers["channel." + kind].Tick(default);

    /// <summary>Decides who is told, puts it into words, and sends it.</summary>
    public async Task TellAll(string kind = "webhook")
    {
        await _workers["notice"].Tick(default);
        await _gatherer.Tick(default);
        await Look(kind);
    }

    public Task Gather() => _gatherer.Tick(default);

    public Task FanOut() => _workers["notice"].Tick(default);

    public Task LookLater(double seconds, string kind = "webhook")
    {
        Test.Clock.Advance(TimeSpan.FromSeconds(seconds));
        return Look(kind);
    }

    public Task<long> Count(string from) => _db.Read(tx => tx.Number("SELECT COUNT(*) FROM " + from));

    public Task<Channel> Load(string id) => _db.Read(async tx => (await ChannelStore.Find(tx, Tenant, id))!);

    /// <summary>What is said of the last try, in English.</summary>
    public async Task<string> Said(string id) => await Load(id) is { LastAnswer: { Length: > 0 } answer } ? Localizer.For("en")[Message.Parse(answer)] : "";

    public Task Set(SettingDefinition setting, string value) => _db.Write(async tx =>
    {
        await Settings.Set(tx, Tenant, setting, value);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        Sender.Dispose();
        if (_own is not null)
            await _own.DisposeAsync();
        else
            await _db.DisposeAsync();
    }
}
