using Gatehouse.Platform.Health;

namespace Gatehouse.Audit.Health;

/// <summary>The nightly check of the database and of the audit log's chain, by what its last run is known by. Console runs it.</summary>
public static class IntegrityJob
{
    public const string Name = StorageHealth.NightlyJob;

    /// <summary>Its message when the engine found damage.</summary>
    public const string DamagedMessage = StorageHealth.DamagedMessage;

    /// <summary>Its message when the audit log was altered.</summary>
    public const string ChainMessage = "job.storage.integrity.chain";
}
