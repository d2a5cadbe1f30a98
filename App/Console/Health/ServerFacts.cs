using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Health;

/// <summary>An option of file or environment as it is in force. Secrets are masked.</summary>
public sealed record ConfigInForce(string Key, string Value, bool Set);

/// <summary>What the settings page tells of the server. Sizes in bytes.</summary>
public sealed record ServerFacts(
    string Version, string Engine, long DatabaseBytes, string Folder, long FolderBytes, string KeyId, string PublicKey, IReadOnlyList<ConfigInForce> Options)
{
    private const string Mask = "••••••••";

    /// <summary>Gathers them.</summary>
    public sealed class Source(IConfiguration config, DataFolder folder, Database db, SigningKeys keys)
    {
        public async Task<ServerFacts> Gather(string tenant)
        {
            var key = await keys.Current(tenant);
            return new ServerFacts(ProgramVersion.Current, db.Engine, await db.SizeBytes(), folder.Path, FolderSize(folder.Path), key.Id, key.PublicKeyHex,
                [.. ConfigOptions.All.Select(o => InForce(config, o))]);
        }
    }

    private static ConfigInForce InForce(IConfiguration config, ConfigOption option)
    {
        var value = ConfigOptions.Value(config, option.Key);
        return new ConfigInForce(option.Key, option.Secret && value.Length > 0 ? Mask : value, !string.IsNullOrEmpty(config[option.Key]));
    }

    private static long FolderSize(string path)
    {
        var every = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        // A file that went away since it was listed counts nothing.
        return new DirectoryInfo(path).EnumerateFiles("*", every).Sum(f => f.Exists ? f.Length : 0);
    }
}
