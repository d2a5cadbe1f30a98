using System.Text.Json.Nodes;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Health;

/// <summary>Does storage answer? Reads a row, and writes one every few seconds. The last run of the nightly check counts as well.</summary>
public sealed class StorageHealth(Database db, TimeProvider clock)
{
    /// <summary>The job that checks the database every night.</summary>
    public const string NightlyJob = "storage.integrity";

    /// <summary>Its message when it found damage.</summary>
    public const string DamagedMessage = "job.storage.integrity.damaged";

    private const string Damaged = "DAMAGED";
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(5);

    // The row of job_states that the check touches: no job has this name.
    private const string ProbeRow = "health";
    private long? _wroteAt;

    /// <summary>Bytes that the database took when it was last looked at; 0 when that is not known.</summary>
    public long Size { get; private set; }

    public static readonly HealthCheck Check = new("storage", "health.storage", (services, waited) => services.GetRequiredService<StorageHealth>().Result("TIMEOUT", waited))
    {
        Probe = services => services.GetRequiredService<StorageHealth>().Look(),
    };

    private async Task<HealthResult> Look()
    {
        var begun = TimeProvider.System.GetTimestamp();
        var reason = await Reason();
        return Result(reason, TimeProvider.System.GetElapsedTime(begun));
    }

    private HealthResult Result(string? reason, TimeSpan took)
    {
        var ms = (long)took.TotalMilliseconds;
        var facts = new JsonObject { ["engine"] = db.Engine, ["time_ms"] = ms };
        if (reason is not null)
            facts["reason"] = reason;
        return new HealthResult(reason is null ? HealthStatus.Pass : HealthStatus.Fail, Told(reason, ms)) { Facts = facts, NoRows = reason is not (null or Damaged) };
    }

    private static Message Told(string? reason, long ms) => reason switch
    {
        null => new Message("health.storage.answers", ms),
        "TIMEOUT" => new Message("health.storage.late"),
        "STORAGE_FULL" => new Message("health.storage.full"),
        "FILE_GONE" => new Message("health.storage.gone"),
        Damaged => new Message("health.storage.damaged"),
        _ => new Message("health.storage.away"),
    };

    private async Task<string?> Reason()
    {
        try
        {
            Size = await db.SizeBytes();
            var nightly = await db.Read(s => JobStore.Find(s, NightlyJob));
            if (_wroteAt is not { } at || clock.GetElapsedTime(at) >= WriteEvery)
            {
                await db.Write(async s => await s.Execute(
                    "INSERT INTO job_states (name, claimed_for) VALUES (@name, @now) ON CONFLICT (name) DO UPDATE SET claimed_for = excluded.claimed_for",
                    ("name", ProbeRow), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds())));
                _wroteAt = clock.GetTimestamp();
            }
            return nightly is { Succeeded: false, Message.Key: DamagedMessage } ? Damaged : null;
        }
        catch (StorageException e)
        {
            _wroteAt = null;
            return e is StorageFullException ? "STORAGE_FULL" : e is StorageCorruptException ? Damaged : "STORAGE_UNAVAILABLE";
        }
        catch (FileNotFoundException)
        {
            // SQLite goes on with a file that was removed under it, and all of that is lost at the next start.
            return "FILE_GONE";
        }
    }
}
