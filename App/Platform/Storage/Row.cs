namespace Gatehouse.Platform.Storage;

/// <summary>A row of an answer. Columns are numbered from 0; valid only inside the function it was handed to.</summary>
public abstract class Row
{
    public abstract bool IsDBNull(int i);

    /// <exception cref="InvalidCastException">It is NULL.</exception>
    public abstract string GetString(int i);

    /// <exception cref="InvalidCastException">It is NULL.</exception>
    public abstract long GetInt64(int i);

    /// <summary>As the engine holds it; <see cref="DBNull"/> for NULL.</summary>
    public abstract object GetValue(int i);

    public virtual string? TextOrNull(int i) => IsDBNull(i) ? null : GetString(i);
    public virtual long? LongOrNull(int i) => IsDBNull(i) ? null : GetInt64(i);

    private protected static InvalidCastException IsNull(int i) => new($"Column {i} is NULL.");
}
