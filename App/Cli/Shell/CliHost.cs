using System.CommandLine;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli.Shell;

/// <summary>An existing installation opened by a command, beside a running server or without one.</summary>
internal sealed class CliHost : IAsyncDisposable
{
    private readonly Installation _place;
    private readonly ServiceProvider _services;

    private CliHost(Config settings, Installation place, ServiceProvider services)
    {
        Settings = settings;
        _place = place;
        _services = services;
    }

    public Config Settings { get; }

    public DataFolder Folder => _place.Folder;

    public Database Db => _place.Db;

    public SecretBox Secrets => _place.Secrets;

    /// <param name="lostKey">The key is lost: see <see cref="Installation.OpenWithoutKey"/>.</param>
    /// <exception cref="KeyFileException"/>
    /// <exception cref="ConfigException"/>
    /// <exception cref="DataFolderException"/>
    /// <exception cref="StorageException"/>
    public static async Task<CliHost> Open(ParseResult parse, CommonOptions common, bool lostKey = false)
    {
        var settings = common.Settings(parse);
        var folder = DataFolder.OpenExisting(common.DataFolder(parse));
        var postgres = settings["Storage:Postgres"];
        var place = await (lostKey ? Installation.OpenWithoutKey(folder, postgres) : Installation.OpenExisting(folder, postgres));
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddLogs(settings.Configuration, Program.SecurityLogs, toStandardError: true));
        Program.AddGatehouse(services, settings.Configuration, place);
        return new CliHost(settings, place, services.BuildServiceProvider());
    }

    public T Service<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>All that features have declared of a kind, in the order of the features.</summary>
    public IEnumerable<T> Services<T>() => _services.GetServices<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _place.DisposeAsync();
    }
}
