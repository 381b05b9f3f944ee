namespace MedISeg.Dicom;

public readonly partial record struct DicomTag
{
    /// <summary>(0002,0000) UL.</summary>
    public static DicomTag FileMetaInformationGroupLength => new(0x0002, 0x0000);
    /// <summary>(0002,0001) OB.</summary>
    public static DicomTag FileMetaInformationVersion => new(0x0002, 0x0001);
    /// <summary>(0002,0002) UI.</summary>
    public static DicomTag MediaStorageSOPClassUID => new(0x0002, 0x0002);
    /// <summary>(0002,0003) UI.</summary>
    public static DicomTag MediaStorageSOPInstanceUID => new(0x0002, 0x0003);
    /// <summary>(0002,0010) UI.</summary>
    public static DicomTag TransferSyntaxUID => new(0x0002, 0x0010);
    /// <summary>(0002,0012) UI.</summary>
    public static DicomTag ImplementationClassUID => new(0x0002, 0x0012);
    /// <summary>(0002,0013) SH.</summary>
    public static DicomTag ImplementationVersionName => new(0x0002, 0x0013);
    /// <summary>(0004,1130) CS.</summary>
    public static DicomTag FileSetID => new(0x0004, 0x1130);
    /// <summary>(0004,1220) SQ.</summary>
    public static DicomTag DirectoryRecordSequence => new(0x0004, 0x1220);
    /// <summary>(0008,0005) CS.</summary>
    public static DicomTag SpecificCharacterSet => new(0x0008, 0x0005);
    /// <summary>(0008,0008) CS.</summary>
    public static DicomTag ImageType => new(0x0008, 0x0008);
    /// <summary>(0008,0012) DA.</summary>
    public static DicomTag InstanceCreationDate => new(0x0008, 0x0012);
    /// <summary>(0008,0013) TM.</summary>
    public static DicomTag InstanceCreationTime => new(0x0008, 0x0013);
    /// <summary>(0008,0014) UI.</summary>
    public static DicomTag InstanceCreatorUID => new(0x0008, 0x0014);
    /// <summary>(0008,0016) UI.</summary>
    public static DicomTag SOPClassUID => new(0x0008, 0x0016);
    /// <summary>(0008,0018) UI.</summary>
    public static DicomTag SOPInstanceUID => new(0x0008, 0x0018);
    /// <summary>(0008,0020) DA.</summary>
    public static DicomTag StudyDate => new(0x0008, 0x0020);
    /// <summary>(0008,0021) DA.</summary>
    public static DicomTag SeriesDate => new(0x0008, 0x0021);
    /// <summary>(0008,0022) DA.</summary>
    public static DicomTag AcquisitionDate => new(0x0008, 0x0022);
    /// <summary>(0008,0023) DA.</summary>
    public static DicomTag ContentDate => new(0x0008, 0x0023);
    /// <summary>(0008,002a) DT.</summary>
    public static DicomTag AcquisitionDateTime => new(0x0008, 0x002a);
    /// <summary>(0008,0030) TM.</summary>
    public static DicomTag StudyTime => new(0x0008, 0x0030);
    /// <summary>(0008,0031) TM.</summary>
    public static DicomTag SeriesTime => new(0x0008, 0x0031);
    /// <summary>(0008,0032) TM.</summary>
    public static DicomTag AcquisitionTime => new(0x0008, 0x0032);
    /// <summary>(0008,0033) TM.</summary>
    public static DicomTag ContentTime => new(0x0008, 0x0033);
    /// <summary>(0008,0050) SH.</summary>
    public static DicomTag AccessionNumber => new(0x0008, 0x0050);
    /// <summary>(0008,0060) CS.</summary>
    public static DicomTag Modality => new(0x0008, 0x0060);
    /// <summary>(0008,0064) CS.</summary>
    public static DicomTag ConversionType => new(0x0008, 0x0064);
    /// <summary>(0008,0070) LO.</summary>
    public static DicomTag Manufacturer => new(0x0008, 0x0070);
    /// <summary>(0008,0080) LO.</summary>
    public static DicomTag InstitutionName => new(0x0008, 0x0080);
    /// <summary>(0008,0090) PN.</summary>
    public static DicomTag ReferringPhysicianName => new(0x0008, 0x0090);
    /// <summary>(0008,0100) SH.</summary>
    public static DicomTag CodeValue => new(0x0008, 0x0100);
    /// <summary>(0008,0102) SH.</summary>
    public static DicomTag CodingSchemeDesignator => new(0x0008, 0x0102);
    /// <summary>(0008,0103) SH.</summary>
    public static DicomTag CodingSchemeVersion => new(0x0008, 0x0103);
    /// <summary>(0008,0104) LO.</summary>
    public static DicomTag CodeMeaning => new(0x0008, 0x0104);
    /// <summary>(0008,0105) CS.</summary>
    public static DicomTag MappingResource => new(0x0008, 0x0105);
    /// <summary>(0008,0119) UC.</summary>
    public static DicomTag LongCodeValue => new(0x0008, 0x0119);
    /// <summary>(0008,1030) LO.</summary>
    public static DicomTag StudyDescription => new(0x0008, 0x1030);
    /// <summary>(0008,103e) LO.</summary>
    public static DicomTag SeriesDescription => new(0x0008, 0x103e);
    /// <summary>(0008,1070) PN.</summary>
    public static DicomTag OperatorsName => new(0x0008, 0x1070);
    /// <summary>(0008,1090) LO.</summary>
    public static DicomTag ManufacturerModelName => new(0x0008, 0x1090);
    /// <summary>(0008,1111) SQ.</summary>
    public static DicomTag ReferencedPerformedProcedureStepSequence => new(0x0008, 0x1111);
    /// <summary>(0008,1115) SQ.</summary>
    public static DicomTag ReferencedSeriesSequence => new(0x0008, 0x1115);
    /// <summary>(0008,1140) SQ.</summary>
    public static DicomTag ReferencedImageSequence => new(0x0008, 0x1140);
    /// <summary>(0008,114a) SQ.</summary>
    public static DicomTag ReferencedInstanceSequence => new(0x0008, 0x114a);
    /// <summary>(0008,1150) UI.</summary>
    public static DicomTag ReferencedSOPClassUID => new(0x0008, 0x1150);
    /// <summary>(0008,1155) UI.</summary>
    public static DicomTag ReferencedSOPInstanceUID => new(0x0008, 0x1155);
    /// <summary>(0008,1160) IS.</summary>
    public static DicomTag ReferencedFrameNumber => new(0x0008, 0x1160);
    /// <summary>(0008,1197) US.</summary>
    public static DicomTag FailureReason => new(0x0008, 0x1197);
    /// <summary>(0008,1198) SQ.</summary>
    public static DicomTag FailedSOPSequence => new(0x0008, 0x1198);
    /// <summary>(0008,1199) SQ.</summary>
    public static DicomTag ReferencedSOPSequence => new(0x0008, 0x1199);
    /// <summary>(0008,2111) ST.</summary>
    public static DicomTag DerivationDescription => new(0x0008, 0x2111);
    /// <summary>(0008,2112) SQ.</summary>
    public static DicomTag SourceImageSequence => new(0x0008, 0x2112);
    /// <summary>(0008,2218) SQ.</summary>
    public static DicomTag AnatomicRegionSequence => new(0x0008, 0x2218);
    /// <summary>(0008,9124) SQ.</summary>
    public static DicomTag DerivationImageSequence => new(0x0008, 0x9124);
    /// <summary>(0008,9215) SQ.</summary>
    public static DicomTag DerivationCodeSequence => new(0x0008, 0x9215);
    /// <summary>(0010,0010) PN.</summary>
    public static DicomTag PatientName => new(0x0010, 0x0010);
    /// <summary>(0010,0020) LO.</summary>
    public static DicomTag PatientID => new(0x0010, 0x0020);
    /// <summary>(0010,0021) LO.</summary>
    public static DicomTag IssuerOfPatientID => new(0x0010, 0x0021);
    /// <summary>(0010,0030) DA.</summary>
    public static DicomTag PatientBirthDate => new(0x0010, 0x0030);
    /// <summary>(0010,0040) CS.</summary>
    public static DicomTag PatientSex => new(0x0010, 0x0040);
    /// <summary>(0010,1000) LO.</summary>
    public static DicomTag OtherPatientIDs => new(0x0010, 0x1000);
    /// <summary>(0010,1010) AS.</summary>
    public static DicomTag PatientAge => new(0x0010, 0x1010);
    /// <summary>(0010,1020) DS.</summary>
    public static DicomTag PatientSize => new(0x0010, 0x1020);
    /// <summary>(0010,1030) DS.</summary>
    public static DicomTag PatientWeight => new(0x0010, 0x1030);
    /// <summary>(0010,2160) SH.</summary>
    public static DicomTag EthnicGroup => new(0x0010, 0x2160);
    /// <summary>(0010,2180) SH.</summary>
    public static DicomTag Occupation => new(0x0010, 0x2180);
    /// <summary>(0010,21b0) LT.</summary>
    public static DicomTag AdditionalPatientHistory => new(0x0010, 0x21b0);
    /// <summary>(0010,4000) LT.</summary>
    public static DicomTag PatientComments => new(0x0010, 0x4000);
    /// <summary>(0012,0062) CS.</summary>
    public static DicomTag PatientIdentityRemoved => new(0x0012, 0x0062);
    /// <summary>(0012,0063) LO.</summary>
    public static DicomTag DeidentificationMethod => new(0x0012, 0x0063);
    /// <summary>(0012,0064) SQ.</summary>
    public static DicomTag DeidentificationMethodCodeSequence => new(0x0012, 0x0064);
    /// <summary>(0018,0015) CS.</summary>
    public static DicomTag BodyPartExamined => new(0x0018, 0x0015);
    /// <summary>(0018,0020) CS.</summary>
    public static DicomTag ScanningSequence => new(0x0018, 0x0020);
    /// <summary>(0018,0021) CS.</summary>
    public static DicomTag SequenceVariant => new(0x0018, 0x0021);
    /// <summary>(0018,0022) CS.</summary>
    public static DicomTag ScanOptions => new(0x0018, 0x0022);
    /// <summary>(0018,0023) CS.</summary>
    public static DicomTag MRAcquisitionType => new(0x0018, 0x0023);
    /// <summary>(0018,0031) LO.</summary>
    public static DicomTag Radiopharmaceutical => new(0x0018, 0x0031);
    /// <summary>(0018,0050) DS.</summary>
    public static DicomTag SliceThickness => new(0x0018, 0x0050);
    /// <summary>(0018,0060) DS.</summary>
    public static DicomTag KVP => new(0x0018, 0x0060);
    /// <summary>(0018,0080) DS.</summary>
    public static DicomTag RepetitionTime => new(0x0018, 0x0080);
    /// <summary>(0018,0081) DS.</summary>
    public static DicomTag EchoTime => new(0x0018, 0x0081);
    /// <summary>(0018,0082) DS.</summary>
    public static DicomTag InversionTime => new(0x0018, 0x0082);
    /// <summary>(0018,0086) IS.</summary>
    public static DicomTag EchoNumbers => new(0x0018, 0x0086);
    /// <summary>(0018,0088) DS.</summary>
    public static DicomTag SpacingBetweenSlices => new(0x0018, 0x0088);
    /// <summary>(0018,0091) IS.</summary>
    public static DicomTag EchoTrainLength => new(0x0018, 0x0091);
    /// <summary>(0018,1000) LO.</summary>
    public static DicomTag DeviceSerialNumber => new(0x0018, 0x1000);
    /// <summary>(0018,1020) LO.</summary>
    public static DicomTag SoftwareVersions => new(0x0018, 0x1020);
    /// <summary>(0018,1030) LO.</summary>
    public static DicomTag ProtocolName => new(0x0018, 0x1030);
    /// <summary>(0018,1060) DS.</summary>
    public static DicomTag TriggerTime => new(0x0018, 0x1060);
    /// <summary>(0018,1072) TM.</summary>
    public static DicomTag RadiopharmaceuticalStartTime => new(0x0018, 0x1072);
    /// <summary>(0018,1074) DS.</summary>
    public static DicomTag RadionuclideTotalDose => new(0x0018, 0x1074);
    /// <summary>(0018,1075) DS.</summary>
    public static DicomTag RadionuclideHalfLife => new(0x0018, 0x1075);
    /// <summary>(0018,1078) DT.</summary>
    public static DicomTag RadiopharmaceuticalStartDateTime => new(0x0018, 0x1078);
    /// <summary>(0018,1120) DS.</summary>
    public static DicomTag GantryDetectorTilt => new(0x0018, 0x1120);
    /// <summary>(0018,1164) DS.</summary>
    public static DicomTag ImagerPixelSpacing => new(0x0018, 0x1164);
    /// <summary>(0018,2010) DS.</summary>
    public static DicomTag NominalScannedPixelSpacing => new(0x0018, 0x2010);
    /// <summary>(0018,5100) CS.</summary>
    public static DicomTag PatientPosition => new(0x0018, 0x5100);
    /// <summary>(0018,9082) FD.</summary>
    public static DicomTag EffectiveEchoTime => new(0x0018, 0x9082);
    /// <summary>(0018,9087) FD.</summary>
    public static DicomTag DiffusionBValue => new(0x0018, 0x9087);
    /// <summary>(0018,9114) SQ.</summary>
    public static DicomTag MREchoSequence => new(0x0018, 0x9114);
    /// <summary>(0018,9117) SQ.</summary>
    public static DicomTag MRDiffusionSequence => new(0x0018, 0x9117);
    /// <summary>(0018,9118) SQ.</summary>
    public static DicomTag CardiacSynchronizationSequence => new(0x0018, 0x9118);
    /// <summary>(0018,a001) SQ.</summary>
    public static DicomTag ContributingEquipmentSequence => new(0x0018, 0xa001);
    /// <summary>(0020,000d) UI.</summary>
    public static DicomTag StudyInstanceUID => new(0x0020, 0x000d);
    /// <summary>(0020,000e) UI.</summary>
    public static DicomTag SeriesInstanceUID => new(0x0020, 0x000e);
    /// <summary>(0020,0010) SH.</summary>
    public static DicomTag StudyID => new(0x0020, 0x0010);
    /// <summary>(0020,0011) IS.</summary>
    public static DicomTag SeriesNumber => new(0x0020, 0x0011);
    /// <summary>(0020,0012) IS.</summary>
    public static DicomTag AcquisitionNumber => new(0x0020, 0x0012);
    /// <summary>(0020,0013) IS.</summary>
    public static DicomTag InstanceNumber => new(0x0020, 0x0013);
    /// <summary>(0020,0020) CS.</summary>
    public static DicomTag PatientOrientation => new(0x0020, 0x0020);
    /// <summary>(0020,0032) DS.</summary>
    public static DicomTag ImagePositionPatient => new(0x0020, 0x0032);
    /// <summary>(0020,0037) DS.</summary>
    public static DicomTag ImageOrientationPatient => new(0x0020, 0x0037);
    /// <summary>(0020,0052) UI.</summary>
    public static DicomTag FrameOfReferenceUID => new(0x0020, 0x0052);
    /// <summary>(0020,0060) CS.</summary>
    public static DicomTag Laterality => new(0x0020, 0x0060);
    /// <summary>(0020,0062) CS.</summary>
    public static DicomTag ImageLaterality => new(0x0020, 0x0062);
    /// <summary>(0020,0100) IS.</summary>
    public static DicomTag TemporalPositionIdentifier => new(0x0020, 0x0100);
    /// <summary>(0020,0105) IS.</summary>
    public static DicomTag NumberOfTemporalPositions => new(0x0020, 0x0105);
    /// <summary>(0020,1040) LO.</summary>
    public static DicomTag PositionReferenceIndicator => new(0x0020, 0x1040);
    /// <summary>(0020,1041) DS.</summary>
    public static DicomTag SliceLocation => new(0x0020, 0x1041);
    /// <summary>(0020,4000) LT.</summary>
    public static DicomTag ImageComments => new(0x0020, 0x4000);
    /// <summary>(0020,9056) SH.</summary>
    public static DicomTag StackID => new(0x0020, 0x9056);
    /// <summary>(0020,9057) UL.</summary>
    public static DicomTag InStackPositionNumber => new(0x0020, 0x9057);
    /// <summary>(0020,9111) SQ.</summary>
    public static DicomTag FrameContentSequence => new(0x0020, 0x9111);
    /// <summary>(0020,9113) SQ.</summary>
    public static DicomTag PlanePositionSequence => new(0x0020, 0x9113);
    /// <summary>(0020,9116) SQ.</summary>
    public static DicomTag PlaneOrientationSequence => new(0x0020, 0x9116);
    /// <summary>(0020,9128) UL.</summary>
    public static DicomTag TemporalPositionIndex => new(0x0020, 0x9128);
    /// <summary>(0020,9153) FD.</summary>
    public static DicomTag NominalCardiacTriggerDelayTime => new(0x0020, 0x9153);
    /// <summary>(0020,9156) US.</summary>
    public static DicomTag FrameAcquisitionNumber => new(0x0020, 0x9156);
    /// <summary>(0020,9157) UL.</summary>
    public static DicomTag DimensionIndexValues => new(0x0020, 0x9157);
    /// <summary>(0020,9164) UI.</summary>
    public static DicomTag DimensionOrganizationUID => new(0x0020, 0x9164);
    /// <summary>(0020,9165) AT.</summary>
    public static DicomTag DimensionIndexPointer => new(0x0020, 0x9165);
    /// <summary>(0020,9167) AT.</summary>
    public static DicomTag FunctionalGroupPointer => new(0x0020, 0x9167);
    /// <summary>(0020,9221) SQ.</summary>
    public static DicomTag DimensionOrganizationSequence => new(0x0020, 0x9221);
    /// <summary>(0020,9222) SQ.</summary>
    public static DicomTag DimensionIndexSequence => new(0x0020, 0x9222);
    /// <summary>(0020,9311) CS.</summary>
    public static DicomTag DimensionOrganizationType => new(0x0020, 0x9311);
    /// <summary>(0020,9421) LO.</summary>
    public static DicomTag DimensionDescriptionLabel => new(0x0020, 0x9421);
    /// <summary>(0024,0202) LO.</summary>
    public static DicomTag AlgorithmSource => new(0x0024, 0x0202);
    /// <summary>(0028,0002) US.</summary>
    public static DicomTag SamplesPerPixel => new(0x0028, 0x0002);
    /// <summary>(0028,0004) CS.</summary>
    public static DicomTag PhotometricInterpretation => new(0x0028, 0x0004);
    /// <summary>(0028,0006) US.</summary>
    public static DicomTag PlanarConfiguration => new(0x0028, 0x0006);
    /// <summary>(0028,0008) IS.</summary>
    public static DicomTag NumberOfFrames => new(0x0028, 0x0008);
    /// <summary>(0028,0010) US.</summary>
    public static DicomTag Rows => new(0x0028, 0x0010);
    /// <summary>(0028,0011) US.</summary>
    public static DicomTag Columns => new(0x0028, 0x0011);
    /// <summary>(0028,0030) DS.</summary>
    public static DicomTag PixelSpacing => new(0x0028, 0x0030);
    /// <summary>(0028,0034) IS.</summary>
    public static DicomTag PixelAspectRatio => new(0x0028, 0x0034);
    /// <summary>(0028,0100) US.</summary>
    public static DicomTag BitsAllocated => new(0x0028, 0x0100);
    /// <summary>(0028,0101) US.</summary>
    public static DicomTag BitsStored => new(0x0028, 0x0101);
    /// <summary>(0028,0102) US.</summary>
    public static DicomTag HighBit => new(0x0028, 0x0102);
    /// <summary>(0028,0103) US.</summary>
    public static DicomTag PixelRepresentation => new(0x0028, 0x0103);
    /// <summary>(0028,0106) US or SS.</summary>
    public static DicomTag SmallestImagePixelValue => new(0x0028, 0x0106);
    /// <summary>(0028,0107) US or SS.</summary>
    public static DicomTag LargestImagePixelValue => new(0x0028, 0x0107);
    /// <summary>(0028,0120) US or SS.</summary>
    public static DicomTag PixelPaddingValue => new(0x0028, 0x0120);
    /// <summary>(0028,0121) US or SS.</summary>
    public static DicomTag PixelPaddingRangeLimit => new(0x0028, 0x0121);
    /// <summary>(0028,0301) CS.</summary>
    public static DicomTag BurnedInAnnotation => new(0x0028, 0x0301);
    /// <summary>(0028,0303) CS.</summary>
    public static DicomTag LongitudinalTemporalInformationModified => new(0x0028, 0x0303);
    /// <summary>(0028,0a02) CS.</summary>
    public static DicomTag PixelSpacingCalibrationType => new(0x0028, 0x0a02);
    /// <summary>(0028,1050) DS.</summary>
    public static DicomTag WindowCenter => new(0x0028, 0x1050);
    /// <summary>(0028,1051) DS.</summary>
    public static DicomTag WindowWidth => new(0x0028, 0x1051);
    /// <summary>(0028,1052) DS.</summary>
    public static DicomTag RescaleIntercept => new(0x0028, 0x1052);
    /// <summary>(0028,1053) DS.</summary>
    public static DicomTag RescaleSlope => new(0x0028, 0x1053);
    /// <summary>(0028,1054) LO.</summary>
    public static DicomTag RescaleType => new(0x0028, 0x1054);
    /// <summary>(0028,1101) US or SS.</summary>
    public static DicomTag RedPaletteColorLookupTableDescriptor => new(0x0028, 0x1101);
    /// <summary>(0028,1102) US or SS.</summary>
    public static DicomTag GreenPaletteColorLookupTableDescriptor => new(0x0028, 0x1102);
    /// <summary>(0028,1103) US or SS.</summary>
    public static DicomTag BluePaletteColorLookupTableDescriptor => new(0x0028, 0x1103);
    /// <summary>(0028,1201) OW.</summary>
    public static DicomTag RedPaletteColorLookupTableData => new(0x0028, 0x1201);
    /// <summary>(0028,1202) OW.</summary>
    public static DicomTag GreenPaletteColorLookupTableData => new(0x0028, 0x1202);
    /// <summary>(0028,1203) OW.</summary>
    public static DicomTag BluePaletteColorLookupTableData => new(0x0028, 0x1203);
    /// <summary>(0028,1221) OW.</summary>
    public static DicomTag SegmentedRedPaletteColorLookupTableData => new(0x0028, 0x1221);
    /// <summary>(0028,1222) OW.</summary>
    public static DicomTag SegmentedGreenPaletteColorLookupTableData => new(0x0028, 0x1222);
    /// <summary>(0028,1223) OW.</summary>
    public static DicomTag SegmentedBluePaletteColorLookupTableData => new(0x0028, 0x1223);
    /// <summary>(0028,135a) CS.</summary>
    public static DicomTag SpatialLocationsPreserved => new(0x0028, 0x135a);
    /// <summary>(0028,2000) OB.</summary>
    public static DicomTag ICCProfile => new(0x0028, 0x2000);
    /// <summary>(0028,2110) CS.</summary>
    public static DicomTag LossyImageCompression => new(0x0028, 0x2110);
    /// <summary>(0028,2112) DS.</summary>
    public static DicomTag LossyImageCompressionRatio => new(0x0028, 0x2112);
    /// <summary>(0028,2114) CS.</summary>
    public static DicomTag LossyImageCompressionMethod => new(0x0028, 0x2114);
    /// <summary>(0028,3000) SQ.</summary>
    public static DicomTag ModalityLUTSequence => new(0x0028, 0x3000);
    /// <summary>(0028,3002) US or SS.</summary>
    public static DicomTag LUTDescriptor => new(0x0028, 0x3002);
    /// <summary>(0028,3006) US or OW.</summary>
    public static DicomTag LUTData => new(0x0028, 0x3006);
    /// <summary>(0028,9110) SQ.</summary>
    public static DicomTag PixelMeasuresSequence => new(0x0028, 0x9110);
    /// <summary>(0028,9132) SQ.</summary>
    public static DicomTag FrameVOILUTSequence => new(0x0028, 0x9132);
    /// <summary>(0028,9145) SQ.</summary>
    public static DicomTag PixelValueTransformationSequence => new(0x0028, 0x9145);
    /// <summary>(0040,0244) DA.</summary>
    public static DicomTag PerformedProcedureStepStartDate => new(0x0040, 0x0244);
    /// <summary>(0040,08ea) SQ.</summary>
    public static DicomTag MeasurementUnitsCodeSequence => new(0x0040, 0x08ea);
    /// <summary>(0040,a010) CS.</summary>
    public static DicomTag RelationshipType => new(0x0040, 0xa010);
    /// <summary>(0040,a040) CS.</summary>
    public static DicomTag ValueType => new(0x0040, 0xa040);
    /// <summary>(0040,a043) SQ.</summary>
    public static DicomTag ConceptNameCodeSequence => new(0x0040, 0xa043);
    /// <summary>(0040,a050) CS.</summary>
    public static DicomTag ContinuityOfContent => new(0x0040, 0xa050);
    /// <summary>(0040,a124) UI.</summary>
    public static DicomTag UID => new(0x0040, 0xa124);
    /// <summary>(0040,a160) UT.</summary>
    public static DicomTag TextValue => new(0x0040, 0xa160);
    /// <summary>(0040,a168) SQ.</summary>
    public static DicomTag ConceptCodeSequence => new(0x0040, 0xa168);
    /// <summary>(0040,a170) SQ.</summary>
    public static DicomTag PurposeOfReferenceCodeSequence => new(0x0040, 0xa170);
    /// <summary>(0040,a300) SQ.</summary>
    public static DicomTag MeasuredValueSequence => new(0x0040, 0xa300);
    /// <summary>(0040,a30a) DS.</summary>
    public static DicomTag NumericValue => new(0x0040, 0xa30a);
    /// <summary>(0040,a372) SQ.</summary>
    public static DicomTag PerformedProcedureCodeSequence => new(0x0040, 0xa372);
    /// <summary>(0040,a375) SQ.</summary>
    public static DicomTag CurrentRequestedProcedureEvidenceSequence => new(0x0040, 0xa375);
    /// <summary>(0040,a491) CS.</summary>
    public static DicomTag CompletionFlag => new(0x0040, 0xa491);
    /// <summary>(0040,a493) CS.</summary>
    public static DicomTag VerificationFlag => new(0x0040, 0xa493);
    /// <summary>(0040,a504) SQ.</summary>
    public static DicomTag ContentTemplateSequence => new(0x0040, 0xa504);
    /// <summary>(0040,a730) SQ.</summary>
    public static DicomTag ContentSequence => new(0x0040, 0xa730);
    /// <summary>(0040,db00) CS.</summary>
    public static DicomTag TemplateIdentifier => new(0x0040, 0xdb00);
    /// <summary>(0054,0016) SQ.</summary>
    public static DicomTag RadiopharmaceuticalInformationSequence => new(0x0054, 0x0016);
    /// <summary>(0054,0022) SQ.</summary>
    public static DicomTag DetectorInformationSequence => new(0x0054, 0x0022);
    /// <summary>(0054,0080) US.</summary>
    public static DicomTag SliceVector => new(0x0054, 0x0080);
    /// <summary>(0054,1000) CS.</summary>
    public static DicomTag SeriesType => new(0x0054, 0x1000);
    /// <summary>(0054,1001) CS.</summary>
    public static DicomTag Units => new(0x0054, 0x1001);
    /// <summary>(0054,1102) CS.</summary>
    public static DicomTag DecayCorrection => new(0x0054, 0x1102);
    /// <summary>(0062,0001) CS.</summary>
    public static DicomTag SegmentationType => new(0x0062, 0x0001);
    /// <summary>(0062,0002) SQ.</summary>
    public static DicomTag SegmentSequence => new(0x0062, 0x0002);
    /// <summary>(0062,0003) SQ.</summary>
    public static DicomTag SegmentedPropertyCategoryCodeSequence => new(0x0062, 0x0003);
    /// <summary>(0062,0004) US.</summary>
    public static DicomTag SegmentNumber => new(0x0062, 0x0004);
    /// <summary>(0062,0005) LO.</summary>
    public static DicomTag SegmentLabel => new(0x0062, 0x0005);
    /// <summary>(0062,0006) ST.</summary>
    public static DicomTag SegmentDescription => new(0x0062, 0x0006);
    /// <summary>(0062,0007) SQ.</summary>
    public static DicomTag SegmentationAlgorithmIdentificationSequence => new(0x0062, 0x0007);
    /// <summary>(0062,0008) CS.</summary>
    public static DicomTag SegmentAlgorithmType => new(0x0062, 0x0008);
    /// <summary>(0062,0009) LO.</summary>
    public static DicomTag SegmentAlgorithmName => new(0x0062, 0x0009);
    /// <summary>(0062,000a) SQ.</summary>
    public static DicomTag SegmentIdentificationSequence => new(0x0062, 0x000a);
    /// <summary>(0062,000b) US.</summary>
    public static DicomTag ReferencedSegmentNumber => new(0x0062, 0x000b);
    /// <summary>(0062,000c) US.</summary>
    public static DicomTag RecommendedDisplayGrayscaleValue => new(0x0062, 0x000c);
    /// <summary>(0062,000d) US.</summary>
    public static DicomTag RecommendedDisplayCIELabValue => new(0x0062, 0x000d);
    /// <summary>(0062,000e) US.</summary>
    public static DicomTag MaximumFractionalValue => new(0x0062, 0x000e);
    /// <summary>(0062,000f) SQ.</summary>
    public static DicomTag SegmentedPropertyTypeCodeSequence => new(0x0062, 0x000f);
    /// <summary>(0062,0010) CS.</summary>
    public static DicomTag SegmentationFractionalType => new(0x0062, 0x0010);
    /// <summary>(0062,0011) SQ.</summary>
    public static DicomTag SegmentedPropertyTypeModifierCodeSequence => new(0x0062, 0x0011);
    /// <summary>(0062,0013) CS.</summary>
    public static DicomTag SegmentsOverlap => new(0x0062, 0x0013);
    /// <summary>(0062,0020) UT.</summary>
    public static DicomTag TrackingID => new(0x0062, 0x0020);
    /// <summary>(0062,0021) UI.</summary>
    public static DicomTag TrackingUID => new(0x0062, 0x0021);
    /// <summary>(0066,002f) SQ.</summary>
    public static DicomTag AlgorithmFamilyCodeSequence => new(0x0066, 0x002f);
    /// <summary>(0066,0030) SQ.</summary>
    public static DicomTag AlgorithmNameCodeSequence => new(0x0066, 0x0030);
    /// <summary>(0066,0031) LO.</summary>
    public static DicomTag AlgorithmVersion => new(0x0066, 0x0031);
    /// <summary>(0066,0032) LT.</summary>
    public static DicomTag AlgorithmParameters => new(0x0066, 0x0032);
    /// <summary>(0066,0036) LO.</summary>
    public static DicomTag AlgorithmName => new(0x0066, 0x0036);
    /// <summary>(0070,0080) CS.</summary>
    public static DicomTag ContentLabel => new(0x0070, 0x0080);
    /// <summary>(0070,0081) LO.</summary>
    public static DicomTag ContentDescription => new(0x0070, 0x0081);
    /// <summary>(0070,0084) PN.</summary>
    public static DicomTag ContentCreatorName => new(0x0070, 0x0084);
    /// <summary>(2050,0020) CS.</summary>
    public static DicomTag PresentationLUTShape => new(0x2050, 0x0020);
    /// <summary>(3006,0002) SH.</summary>
    public static DicomTag StructureSetLabel => new(0x3006, 0x0002);
    /// <summary>(3006,0004) LO.</summary>
    public static DicomTag StructureSetName => new(0x3006, 0x0004);
    /// <summary>(3006,0006) ST.</summary>
    public static DicomTag StructureSetDescription => new(0x3006, 0x0006);
    /// <summary>(3006,0008) DA.</summary>
    public static DicomTag StructureSetDate => new(0x3006, 0x0008);
    /// <summary>(3006,0009) TM.</summary>
    public static DicomTag StructureSetTime => new(0x3006, 0x0009);
    /// <summary>(3006,0010) SQ.</summary>
    public static DicomTag ReferencedFrameOfReferenceSequence => new(0x3006, 0x0010);
    /// <summary>(3006,0012) SQ.</summary>
    public static DicomTag RTReferencedStudySequence => new(0x3006, 0x0012);
    /// <summary>(3006,0014) SQ.</summary>
    public static DicomTag RTReferencedSeriesSequence => new(0x3006, 0x0014);
    /// <summary>(3006,0016) SQ.</summary>
    public static DicomTag ContourImageSequence => new(0x3006, 0x0016);
    /// <summary>(3006,0020) SQ.</summary>
    public static DicomTag StructureSetROISequence => new(0x3006, 0x0020);
    /// <summary>(3006,0022) IS.</summary>
    public static DicomTag ROINumber => new(0x3006, 0x0022);
    /// <summary>(3006,0024) UI.</summary>
    public static DicomTag ReferencedFrameOfReferenceUID => new(0x3006, 0x0024);
    /// <summary>(3006,0026) LO.</summary>
    public static DicomTag ROIName => new(0x3006, 0x0026);
    /// <summary>(3006,002a) IS.</summary>
    public static DicomTag ROIDisplayColor => new(0x3006, 0x002a);
    /// <summary>(3006,0036) CS.</summary>
    public static DicomTag ROIGenerationAlgorithm => new(0x3006, 0x0036);
    /// <summary>(3006,0037) SQ.</summary>
    public static DicomTag ROIDerivationAlgorithmIdentificationSequence => new(0x3006, 0x0037);
    /// <summary>(3006,0038) LO.</summary>
    public static DicomTag ROIGenerationDescription => new(0x3006, 0x0038);
    /// <summary>(3006,0039) SQ.</summary>
    public static DicomTag ROIContourSequence => new(0x3006, 0x0039);
    /// <summary>(3006,0040) SQ.</summary>
    public static DicomTag ContourSequence => new(0x3006, 0x0040);
    /// <summary>(3006,0042) CS.</summary>
    public static DicomTag ContourGeometricType => new(0x3006, 0x0042);
    /// <summary>(3006,0046) IS.</summary>
    public static DicomTag NumberOfContourPoints => new(0x3006, 0x0046);
    /// <summary>(3006,0048) IS.</summary>
    public static DicomTag ContourNumber => new(0x3006, 0x0048);
    /// <summary>(3006,0050) DS.</summary>
    public static DicomTag ContourData => new(0x3006, 0x0050);
    /// <summary>(3006,0080) SQ.</summary>
    public static DicomTag RTROIObservationsSequence => new(0x3006, 0x0080);
    /// <summary>(3006,0082) IS.</summary>
    public static DicomTag ObservationNumber => new(0x3006, 0x0082);
    /// <summary>(3006,0084) IS.</summary>
    public static DicomTag ReferencedROINumber => new(0x3006, 0x0084);
    /// <summary>(3006,0085) SH.</summary>
    public static DicomTag ROIObservationLabel => new(0x3006, 0x0085);
    /// <summary>(3006,0086) SQ.</summary>
    public static DicomTag RTROIIdentificationCodeSequence => new(0x3006, 0x0086);
    /// <summary>(3006,00a4) CS.</summary>
    public static DicomTag RTROIInterpretedType => new(0x3006, 0x00a4);
    /// <summary>(3006,00a6) PN.</summary>
    public static DicomTag ROIInterpreter => new(0x3006, 0x00a6);
    /// <summary>(300e,0002) CS.</summary>
    public static DicomTag ApprovalStatus => new(0x300e, 0x0002);
    /// <summary>(5200,9229) SQ.</summary>
    public static DicomTag SharedFunctionalGroupsSequence => new(0x5200, 0x9229);
    /// <summary>(5200,9230) SQ.</summary>
    public static DicomTag PerFrameFunctionalGroupsSequence => new(0x5200, 0x9230);
    /// <summary>(7fe0,0001) OV.</summary>
    public static DicomTag ExtendedOffsetTable => new(0x7fe0, 0x0001);
    /// <summary>(7fe0,0002) OV.</summary>
    public static DicomTag ExtendedOffsetTableLengths => new(0x7fe0, 0x0002);
    /// <summary>(7fe0,0008) OF.</summary>
    public static DicomTag FloatPixelData => new(0x7fe0, 0x0008);
    /// <summary>(7fe0,0009) OD.</summary>
    public static DicomTag DoubleFloatPixelData => new(0x7fe0, 0x0009);
    /// <summary>(7fe0,0010) OB or OW.</summary>
    public static DicomTag PixelData => new(0x7fe0, 0x0010);
    /// <summary>(fffc,fffc) OB.</summary>
    public static DicomTag DataSetTrailingPadding => new(0xfffc, 0xfffc);
}
