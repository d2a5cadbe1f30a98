using System.Globalization;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbound;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Settings;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Messaging;

/// <summary>All that sends mail, over a database of its own, with a worker that looks when the test says so.</summary>
public sealed class PostOffice : IAsyncDisposable
{
    public const string Tenant = Caller.DefaultTenant;
    public const string To = "wei@example.org";
    private readonly OutboxWorker _worker;
    private readonly TenantSettings _settings;
    private readonly OutboxStore _outbox = new();

    private PostOffice(TestDatabase test, Dictionary<string, string?> options, IEnumerable<MailTemplate> more)
    {
        Test = test;
        var config = new ConfigurationBuilder().AddInMemoryCollection(options).Build();
        _settings = new(test.Database, test.Secrets, test.Clock, Program.Features.SelectMany(f => f.Settings));
        var status = new MailStatus(_settings);
        Composer = new([.. Mails.Templates, .. more], _settings, config, test.Clock);
        var sender = new MailSender(status, Composer, new OutboundAddresses(config), Trust, test.Clock);
        Queue = new(_outbox, test.Secrets);
        Links = new(new SigningKeys(test.Database, test.Secrets, test.Clock), config);
        Texts = new(Composer, _settings, test.Audit.Writer(test.Clock), config, test.Clock);
        Delivery = new(sender, Composer, new MailTexts(test.Database), Links, test.Secrets, test.Database);
        _worker = new(_outbox, Delivery, test.Database, test.Clock, NullLogger<OutboxWorker>.Instance);
    }

    public TestDatabase Test { get; }

    public MailTrust Trust { get; } = new();

    public MailQueue Queue { get; }

    public MailComposer Composer { get; }

    public MailDelivery Delivery { get; }

    public MailTextService Texts { get; }

    public UnsubscribeLinks Links { get; }

    public static async Task<PostOffice> Open(Engine engine = Engine.Sqlite, Dictionary<string, string?>? options = null, params MailTemplate[] more) =>
        new(await TestDatabase.Open(engine), options ?? [], more);

    /// <summary>Sets the mail server up: on loopback, without encryption unless it is said otherwise.</summary>
    public Task SetUp(int port, string security = "none", string host = "localhost", string user = "", string password = "", string selector = "", string key = "") => Test.Database.Write(async tx =>
    {
        var values = new Dictionary<SettingDefinition, string>
        {
            [MailSettings.Host] = host, [MailSettings.Port] = port.ToString(CultureInfo.InvariantCulture), [MailSettings.Security] = security, [MailSettings.User] = user,
            [MailSettings.Password] = password, [MailSettings.DkimSelector] = selector, [MailSettings.DkimPem] = key, [MailSettings.From] = "shop@example.com", [TenantSettings.SiteName] = "钥匙 & Keys",
        };
        foreach (var (setting, value) in values)
            await _settings.Set(tx, Tenant, setting, value);
    });

    public Task Add(MailMessage mail, string key = "a") => Test.Database.Write(tx => Queue.Add(tx, Tenant, mail, key));

    /// <summary>Adds a code and looks once.</summary>
    public async Task SendCode(string key = "a")
    {
        await Add(Mails.Code(To, "en", "123456", 10), key);
        await Look();
    }

    public Task Look() => _worker.Tick(default);

    /// <summary>As much later as a message waits after its first try.</summary>
    public Task LookLater(double seconds = 5)
    {
        Test.Clock.Advance(TimeSpan.FromSeconds(seconds));
        return Look();
    }

    /// <summary>What is said of the last try.</summary>
    public async Task<string?> Fault() => await Test.Database.Read(tx => tx.One("SELECT fault FROM outbox", r => r.TextOrNull(0))) is { } fault ? Localizer.For("en")[Message.Parse(fault)] : null;

    public Task<long> Count(string where) => Test.Database.Read(tx => tx.Number($"SELECT COUNT(*) FROM outbox WHERE {where}"));

    public ValueTask DisposeAsync() => Test.DisposeAsync();
}
